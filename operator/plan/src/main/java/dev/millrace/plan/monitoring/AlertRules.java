package dev.millrace.plan.monitoring;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import io.fabric8.openshift.api.model.monitoring.v1.RuleBuilder;
import io.fabric8.openshift.api.model.monitoring.v1.RuleGroup;
import io.fabric8.openshift.api.model.monitoring.v1.RuleGroupBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rules in the form that all of ours have. */
final class AlertRules {
    static final String CRITICAL = "critical";
    static final String WARNING = "warning";

    private final MonitoringPlan plan;

    AlertRules(MonitoringPlan plan) {
        this.plan = plan;
    }

    /** @param labels beside the severity; those of the expression's series come by themselves */
    Rule alert(
            Alert alert,
            String severity,
            Map<String, String> labels,
            Duration hold,
            String expression,
            String summary,
            String description) {
        Map<String, String> all = new TreeMap<>(labels);
        all.put("severity", severity);
        Map<String, String> annotations = new TreeMap<>();
        annotations.put("summary", summary);
        annotations.put("description", description);
        annotations.put("runbook_url", plan.runbookBaseUrl() + "/" + alert.alertName() + ".md");
        return new RuleBuilder()
                .withAlert(alert.alertName())
                .withExpr(new IntOrString(expression))
                .withFor(Promql.duration(hold))
                .withLabels(all)
                .withAnnotations(annotations)
                .build();
    }

    /** Labels of an alert on what is not there, whose expression has no series to take them from. */
    Map<String, String> ownLabels() {
        return Map.of("namespace", plan.namespace(), "model", plan.model());
    }

    static Rule record(String name, Map<String, String> labels, String expression) {
        return new RuleBuilder()
                .withRecord(name)
                .withLabels(labels.isEmpty() ? null : new TreeMap<>(labels))
                .withExpr(new IntOrString(expression))
                .build();
    }

    RuleGroup group(String name, String interval, List<Rule> rules) {
        return new RuleGroupBuilder()
                .withName("millrace." + plan.namespace() + "." + plan.model() + "." + name)
                .withInterval(interval)
                .withRules(rules)
                .build();
    }
}
