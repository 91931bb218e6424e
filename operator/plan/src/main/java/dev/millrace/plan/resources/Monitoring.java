package dev.millrace.plan.resources;

import dev.millrace.contract.capacity.Percentile;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.monitoring.MonitoringPlan;
import dev.millrace.plan.monitoring.MonitoringPlan.BatchGroup;
import dev.millrace.plan.monitoring.MonitoringPlan.StreamGroup;
import dev.millrace.plan.monitoring.PodMonitors;
import dev.millrace.plan.monitoring.PrometheusRules;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * PodMonitor and PrometheusRule of a stack. Apart from {@link Resources}, because a cluster may not serve these kinds:
 * who applies them asks first.
 */
public final class Monitoring {
    private static final String RUNBOOKS = "https://github.com/millrace/millrace/blob/main/docs/runbooks";

    private Monitoring() {}

    /** Both objects, with the stack's labels and owner. */
    public static List<HasMetadata> of(StackPlan plan) {
        MonitoringPlan monitoring = plan(plan);
        List<HasMetadata> objects = List.of(PodMonitors.of(monitoring), PrometheusRules.of(monitoring));
        OwnerReference owner = Labels.owner(plan);
        if (owner != null) {
            objects.forEach(object -> object.getMetadata().setOwnerReferences(List.of(owner)));
        }
        return objects;
    }

    private static MonitoringPlan plan(StackPlan plan) {
        FeaturesPlan features = plan.features();
        List<FeatureGroup> groups = features == null ? List.of() : features.groups();
        Map<String, String> labels = new TreeMap<>(plan.monitoringLabels());
        labels.putAll(Map.of(
                Labels.NAME, Labels.MILLRACE,
                Labels.INSTANCE, plan.name(),
                Labels.MANAGED_BY, Labels.MILLRACE));
        return new MonitoringPlan(
                plan.namespace(),
                plan.name(),
                new Percentile(plan.slo().percentile()),
                Duration.ofNanos(Math.round(plan.slo().thresholdMs() * 1e6)),
                new Percentile(plan.slo().availability()),
                groups.stream()
                        .filter(g -> g.stream() != null)
                        .map(g -> new StreamGroup(g.name(), millis(g.maxLagMs()), millis(g.pipelineMs())))
                        .toList(),
                groups.stream()
                        .filter(g -> g.batch() != null)
                        .map(g -> new BatchGroup(g.name(), millis(g.maxAgeMs())))
                        .toList(),
                plan.streamInference() != null,
                plan.drift() == null ? null : plan.drift().threshold(),
                labels,
                RUNBOOKS,
                plan.suspended());
    }

    private static @Nullable Duration millis(@Nullable Long ms) {
        return ms == null ? null : Duration.ofMillis(ms);
    }
}
