package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.EntityCacheSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.HttpCacheSpec;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestFieldSpec;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
        FeaturesSpec features = spec.getFeatures();
        if (features == null || features.getGroups().isEmpty() && spec.getCandidates() == null) {
            findings.error(
                    HTTP,
                    Reason.FieldDoesNotApply,
                    "serves predictions by entity; without features.groups there is none");
            return;
        }
        Duration age = findings.required(HTTP + ".maxAge", http.getMaxAge(), "60s")
                ? findings.positiveDuration(HTTP + ".maxAge", http.getMaxAge())
                : null;
        wholeSeconds(HTTP + ".maxAge", age, findings);
        wholeSeconds(
                HTTP + ".staleWhileRevalidate",
                findings.duration(HTTP + ".staleWhileRevalidate", http.getStaleWhileRevalidate()),
                findings);
        String missing = spec.getCandidates() != null
                ? "candidates"
                : features.getRequest().stream()
                        .filter(CacheCheck::isRequired)
                        .map(field -> "features.request[" + field.getName() + "], which is required")
                        .collect(Collectors.joining(" nor "));
        if (!missing.isEmpty() && !entityCache) {
            findings.error(
                    HTTP,
                    Reason.FieldDoesNotApply,
                    "a GET carries nothing but the entity, and not " + missing + "; add cache.entity, whose answers it"
                            + " can repeat");
        } else if (age != null) {
            DeliveryCheck.outlives(HTTP + ".maxAge", age, features, "lower it", findings);
        }
    }

    private static void wholeSeconds(String field, @Nullable Duration given, Findings findings) {
        if (given != null && given.getNano() != 0) {
            findings.error(field, Reason.InvalidValue, "must be whole seconds, as Cache-Control counts in them");
        }
    }

    private static boolean isRequired(RequestFieldSpec field) {
        return Boolean.TRUE.equals(field.getRequired());
    }
}
