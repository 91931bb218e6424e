package dev.millrace.plan.monitoring;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.millrace.contract.capacity.Percentile;
import dev.millrace.plan.monitoring.MonitoringPlan.BatchGroup;
import dev.millrace.plan.monitoring.MonitoringPlan.StreamGroup;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The models that the tests watch, and their rules as Prometheus reads them. */
final class RuleFiles {
    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory().disable(YAMLGenerator.Feature.SPLIT_LINES));

    private RuleFiles() {}

    static MonitoringPlan fraud() {
        return plan("99", "99.9", 0.2, false);
    }

    static MonitoringPlan plan(String latency, String availability, double drift, boolean suspended) {
        return new MonitoringPlan(
                "payments",
                "fraud",
                new Percentile(latency),
                Duration.ofMillis(50),
                new Percentile(availability),
                List.of(new StreamGroup("purchases", Duration.ofSeconds(2), Duration.ofMillis(100))),
                List.of(new BatchGroup("profile", Duration.ofHours(26))),
                true,
                drift,
                Map.of("release", "kube-prometheus-stack"),
                "https://example.test/runbooks",
                suspended);
    }

    static List<Rule> rules(MonitoringPlan plan) {
        return stream(PrometheusRules.of(plan)).toList();
    }

    private static Stream<Rule> stream(PrometheusRule object) {
        return object.getSpec().getGroups().stream().flatMap(group -> group.getRules().stream());
    }

    /** @param annotated false: promtool would compare every annotation with every expectation */
    static Path write(MonitoringPlan plan, Path file, boolean annotated) throws IOException {
        PrometheusRule object = PrometheusRules.of(plan);
        if (!annotated) {
            stream(object).forEach(rule -> rule.setAnnotations(null));
        }
        YAML.writeValue(file.toFile(), object.getSpec());
        return file;
    }
}
