package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.DriftSpec;
import dev.millrace.api.v1alpha1.FeatureGroupSpec;
import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.KafkaSpec;
import dev.millrace.api.v1alpha1.NetworkPolicyMode;
import dev.millrace.api.v1alpha1.RealtimeModelSpec;
import dev.millrace.api.v1alpha1.RequestCacheSpec;
import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What surrounds model and features: {@code kafka}, {@code logger}, {@code cache}, {@code monitoring}, {@code network}. */
final class DeliveryCheck {
    private static final Pattern REGISTRY = Pattern.compile("https?://[^ /@]+[^ @]*");
    private static final Pattern SERVERS = Pattern.compile("[^ ,]+:[0-9]+(,[^ ,]+:[0-9]+)*");

    private DeliveryCheck() {}

    static void kafka(RealtimeModelSpec spec, Findings findings) {
        KafkaSpec kafka = spec.getKafka();
        FeaturesSpec features = spec.getFeatures();
        boolean streams = features != null && features.getGroups().stream().anyMatch(g -> g.getStream() != null);
        if (kafka == null) {
            if (streams || spec.getLogger() != null) {
                findings.error(
                        "spec.kafka",
                        Reason.KafkaRequired,
                        "is required by " + (streams ? "the stream groups" : "logger")
                                + "; add kafka: {bootstrapServers: <host>:9092}");
            }
            return;
        }
        if (findings.required("spec.kafka.bootstrapServers", kafka.getBootstrapServers(), "kafka:9092")
                && !SERVERS.matcher(kafka.getBootstrapServers()).matches()) {
            findings.error(
                    "spec.kafka.bootstrapServers",
                    Reason.InvalidValue,
                    "'" + kafka.getBootstrapServers() + "' must be <host>:<port>, separated by commas");
        }
        if (kafka.getAuthentication() != null) {
            findings.required(
                    "spec.kafka.authentication.mechanism",
                    kafka.getAuthentication().getMechanism(),
                    "SCRAM-SHA-512");
            findings.required(
                    "spec.kafka.authentication.secretRef.name",
                    kafka.getAuthentication().getSecretRef().getName(),
                    "kafka-credentials");
        }
        if (kafka.getSchemaRegistry() != null
                && findings.required(
                        "spec.kafka.schemaRegistry.url",
                        kafka.getSchemaRegistry().getUrl(),
                        "http://registry:8081")
                && !REGISTRY.matcher(kafka.getSchemaRegistry().getUrl()).matches()) {
            findings.error(
                    "spec.kafka.schemaRegistry.url",
                    Reason.InvalidValue,
                    "must be http://<host> or https://<host>; credentials belong in secretRef");
        }
        if (spec.getLogger() != null) {
            findings.required("spec.logger.topic", spec.getLogger().getTopic(), "predictions");
        }
    }

    static void cache(RealtimeModelSpec spec, Findings findings) {
        RequestCacheSpec cache =
                spec.getCache() == null ? null : spec.getCache().getRequest();
        if (cache == null) {
            return;
        }
        String field = "spec.cache.request";
        Duration ttl = findings.required(field + ".ttl", cache.getTtl(), "10s")
                ? findings.positiveDuration(field + ".ttl", cache.getTtl())
                : null;
        boolean inputs = cache.getKey() != null && cache.getKey().name().equals("Inputs");
        FeaturesSpec features = spec.getFeatures();
        if (features == null && !inputs && cache.getKey() != null) {
            findings.error(
                    field + ".key", Reason.InvalidValue, "Vector needs features, of which there are none; use Inputs");
        }
        if (features == null || ttl == null || !inputs) {
            return; // behind the feature read a hit has the fresh values in its key
        }
        outlives(field + ".ttl", ttl, features, "lower it, or use key: Vector", findings);
    }

    /** Warns of answers that are kept for longer than the features that they were made of may be old. */
    static void outlives(String field, Duration ttl, FeaturesSpec features, String cure, Findings findings) {
        for (FeatureGroupSpec group : features.getGroups()) {
            Duration bound = freshness(group);
            if (group.getSql() != null) {
                findings.warning(
                        field,
                        Reason.CacheOutlivesFreshness,
                        "answers live " + Durations.format(ttl)
                                + " in a cache before the feature read, and an entity's first one is made with the defaults of "
                                + group.getName() + ", whose row is read beside it; " + cure);
            } else if (bound != null && ttl.compareTo(bound) > 0) {
                findings.warning(
                        field,
                        Reason.CacheOutlivesFreshness,
                        "answers live " + Durations.format(ttl)
                                + " in a cache before the feature read, but features of "
                                + group.getName() + " may be at most " + Durations.format(bound) + " old; " + cure);
            }
        }
    }

    private static @Nullable Duration freshness(FeatureGroupSpec group) {
        for (String text : new String[] {
            group.getFreshness().getMaxLag(), group.getFreshness().getMaxAge()
        }) {
            try {
                if (text != null) {
                    return Durations.parse(text);
                }
            } catch (IllegalArgumentException e) {
                return null; // has a finding of its own
            }
        }
        return null;
    }

    static void monitoring(RealtimeModelSpec spec, Findings findings) {
        DriftSpec drift = spec.getMonitoring().getDrift();
        if (drift != null) {
            drift(spec, drift, findings);
        }
        if (Boolean.TRUE.equals(spec.getNetwork().getRestrictEgress())) {
            findings.error(
                    "spec.network.restrictEgress", Reason.NotSupported, "is not supported by this release; remove it");
        }
        if (spec.getNetwork().getPolicy() == NetworkPolicyMode.Disabled
                && !spec.getNetwork().getAllowFrom().isEmpty()) {
            findings.error(
                    "spec.network.allowFrom",
                    Reason.InvalidValue,
                    "has no effect with policy: Disabled; remove one of the two");
        }
    }

    private static void drift(RealtimeModelSpec spec, DriftSpec drift, Findings findings) {
        String field = "spec.monitoring.drift";
        if (spec.getFeatures() == null) {
            findings.error(
                    field,
                    Reason.Required,
                    "watches the entries of features.vector, of which there are none; add features or remove drift");
        }
        if (findings.required(field + ".baseline", drift.getBaseline(), "baseline.json")
                && (drift.getBaseline().contains("/") || drift.getBaseline().startsWith("."))) {
            findings.error(
                    field + ".baseline",
                    Reason.InvalidValue,
                    "'" + drift.getBaseline() + "' must be the plain name of a file beside the model");
        }
        String uri = spec.getModel().getStorageUri();
        List<String> local = List.of("configmap://", "pvc://");
        if (local.stream().noneMatch(uri::startsWith)) {
            findings.error(
                    field + ".baseline",
                    Reason.BaselineUnreachable,
                    "is read beside the model, which " + (uri.startsWith("https") ? "https" : "this source")
                            + " does not allow; use configmap:// or pvc:// for model.storageUri, or remove drift");
        }
        Double threshold = findings.number(field + ".threshold", drift.getThreshold(), Reason.InvalidValue);
        if (threshold != null && !(threshold > 0)) {
            findings.error(field + ".threshold", Reason.InvalidValue, "must be more than zero, like \"0.2\"");
        }
    }
}
