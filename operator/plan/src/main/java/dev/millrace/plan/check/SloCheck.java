package dev.millrace.plan.check;

import dev.millrace.api.v1alpha1.LatencyBudget;
import dev.millrace.api.v1alpha1.SloSpec;
import dev.millrace.plan.Durations;
import dev.millrace.plan.Finding.Reason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code spec.slo}. */
final class SloCheck {
    private SloCheck() {}

    static void check(SloSpec slo, Findings findings) {
        percent("spec.slo.latency.percentile", slo.getLatency().getPercentile(), 50, findings);
        percent("spec.slo.availability", slo.getAvailability(), 0, findings);
        String field = "spec.slo.latency.threshold";
        Duration threshold = findings.required(field, slo.getLatency().getThreshold(), "50ms")
                ? findings.positiveDuration(field, slo.getLatency().getThreshold())
                : null;
        if (threshold != null) {
            budget(slo.getBudget(), threshold, findings);
        }
    }

    private static void budget(LatencyBudget budget, Duration threshold, Findings findings) {
        Map<String, @Nullable String> stages = new LinkedHashMap<>();
        stages.put("features", budget.getFeatures());
        stages.put("queue", budget.getQueue());
        stages.put("inference", budget.getInference());
        stages.put("postProcessing", budget.getPostProcessing());
        Duration sum = Duration.ZERO;
        StringBuilder absent = new StringBuilder();
        for (Map.Entry<String, @Nullable String> stage : stages.entrySet()) {
            Duration given = findings.duration("spec.slo.budget." + stage.getKey(), stage.getValue());
            if (given != null) {
                sum = sum.plus(given);
            } else if (stage.getValue() == null) {
                absent.append(absent.isEmpty() ? "" : ", ").append(stage.getKey());
            }
        }
        if (budget.getInference() != null) {
            findings.warning(
                    "spec.slo.budget.inference",
                    Reason.NotEnforced,
                    "does not cut an execution that takes longer, because a running one cannot be stopped: the deadline of"
                            + " slo.latency.threshold answers the request, by the fallback if there is one. It only"
                            + " leaves less to the other stages; remove it to have it derived");
        }
        String numbers = "the budgets sum up to " + Durations.format(sum) + " of the " + Durations.format(threshold)
                + " in slo.latency.threshold";
        if (sum.compareTo(threshold) > 0) {
            findings.error(
                    "spec.slo.budget", Reason.BudgetOverThreshold, numbers + "; lower them, or raise the threshold");
        } else if (sum.equals(threshold) && !absent.isEmpty()) {
            findings.error(
                    "spec.slo.budget",
                    Reason.BudgetOverThreshold,
                    numbers + " and leave nothing for " + absent + "; lower them, or raise the threshold");
        }
    }

    private static void percent(String field, String text, double above, Findings findings) {
        if (!findings.required(field, text, "\"99.9\"")) {
            return;
        }
        Double value = findings.number(field, text, Reason.InvalidValue);
        if (value != null && !(value >= above && value > 0 && value < 100)) {
            findings.error(
                    field,
                    Reason.InvalidValue,
                    "'" + text + "' must be at least " + (above > 0 ? (int) above : "above 0")
                            + " and below 100: without an error budget there is nothing to alert on; write \"99.9\"");
        }
    }
}
