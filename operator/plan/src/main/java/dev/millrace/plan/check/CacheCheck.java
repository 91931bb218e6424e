package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.EntityCacheSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.HttpCacheSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestFieldSpec;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;

/** {@code spec.cache.entity} and {@code spec.cache.http}: whole answers, kept by entity. */
final class CacheCheck {
    private static final String ENTITY = "spec.cache.entity";
    private static final String HTTP = "spec.cache.http";

    private CacheCheck() {}

    static void check(RealtimeModelSpec spec, Findings findings) {
        if (spec.getCache() == null) {
            return;
        }
        EntityCacheSpec entity = spec.getCache().getEntity();
        if (entity != null) {
            entity(spec, entity, findings);
        }
        HttpCacheSpec http = spec.getCache().getHttp();
        if (http != null) {
            http(spec, http, entity != null, findings);
        }
    }

    private static void entity(RealtimeModelSpec spec, EntityCacheSpec cache, Findings findings) {
        FeaturesSpec features = spec.getFeatures();
        if (features == null) {
            findings.error(
                    ENTITY,
                    Reason.FieldDoesNotApply,
                    "keeps answers by entity, and without features there is no entity; use cache.request, key Inputs");
            return;
        }
        Duration ttl = findings.required(ENTITY + ".ttl", cache.getTtl(), "1h")
                ? findings.positiveDuration(ENTITY + ".ttl", cache.getTtl())
                : null;
        if (ttl != null) {
            DeliveryCheck.outlives(ENTITY + ".ttl", ttl, features, "shorten it, or drop cache.entity", findings);
        }
        if (cache.getPrewarm() != null) {
            findings.error(ENTITY + ".prewarm", Reason.NotSupported, "is not supported by this release; remove it");
            findings.required(ENTITY + ".prewarm.topic", cache.getPrewarm().getTopic(), "popular-users");
            if (spec.getKafka() == null) {
                findings.error(
                        "spec.kafka",
                        Reason.KafkaRequired,
                        "is required by cache.entity.prewarm; add kafka: {bootstrapServers: <host>:9092}");
            }
        }
    }

    /** A GET has no body: what it cannot send must be in the cache already. */
    private static void http(RealtimeModelSpec spec, HttpCacheSpec http, boolean entityCache, Findings findings) {
        findings.error(HTTP, Reason.NotSupported, "is not supported by this release; remove it");
        FeaturesSpec features = spec.getFeatures();
        if (features == null) {
            findings.error(
                    HTTP, Reason.FieldDoesNotApply, "serves predictions by entity; without features there is none");
            return;
        }
        Duration age = findings.required(HTTP + ".maxAge", http.getMaxAge(), "60s")
                ? findings.positiveDuration(HTTP + ".maxAge", http.getMaxAge())
                : null;
        findings.duration(HTTP + ".staleWhileRevalidate", http.getStaleWhileRevalidate());
        boolean needsBody =
                spec.getCandidates() != null || features.getRequest().stream().anyMatch(CacheCheck::isRequired);
        if (needsBody && !entityCache) {
            findings.error(
                    HTTP,
                    Reason.FieldDoesNotApply,
                    "a GET carries neither candidates nor required request fields, so it can only repeat an answer of"
                            + " cache.entity; add that");
        } else if (age != null) {
            DeliveryCheck.outlives(HTTP + ".maxAge", age, features, "lower it", findings);
        }
    }

    private static boolean isRequired(RequestFieldSpec field) {
        return Boolean.TRUE.equals(field.getRequired());
    }
}
