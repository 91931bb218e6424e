package dev.millrace.plan.monitoring;

import dev.millrace.contract.drift.StabilityIndex;
import dev.millrace.contract.metrics.Metrics;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Population stability index of every feature over 24 h against the model's baseline, and the index that chance alone would
 * show (under no drift it is chi-squared with B-1 degrees of freedom, times 1/n + 1/n_ref): a fixed threshold would cry
 * wolf on small samples. Replicas only count into fixed bins, so that plain sums merge them. {@link StabilityIndex} is the
 * same for the status.
 */
final class DriftRules {
    static final String BIN_COUNT = "millrace:feature_bin:count24h";
    static final String COUNT = "millrace:feature:count24h";
    static final String REFERENCE = "millrace:feature_reference:ratio";
    static final String BIN_RATIO = "millrace:feature_bin:ratio24h";
    static final String PSI = "millrace:feature_psi:24h";
    static final String NOISE = "millrace:feature_psi_noise:24h";
    private static final String RATIO_FLOOR = Promql.number(BigDecimal.valueOf(StabilityIndex.RATIO_FLOOR));
    private static final String SMOOTHING = Promql.number(BigDecimal.valueOf(StabilityIndex.SMOOTHING));
    private static final String Z = Promql.number(BigDecimal.valueOf(StabilityIndex.Z));

    private final AlertRules rules;
    private final Promql promql;
    private final MonitoringPlan plan;

    DriftRules(MonitoringPlan plan) {
        this.rules = new AlertRules(plan);
        this.promql = new Promql(plan);
        this.plan = plan;
    }

    List<Rule> records() {
        String feature = Promql.FEATURE;
        String bin = feature + ", bin";
        String bins = "count by (" + feature + ") (" + promql.recorded(BIN_COUNT) + ")";
        String freedom = "(" + bins + " - 1)";
        String difference =
                "(" + promql.recorded(BIN_RATIO) + " - on (" + bin + ") " + promql.recorded(REFERENCE) + ")";
        String logarithm =
                "ln(" + promql.recorded(BIN_RATIO) + " / on (" + bin + ") " + promql.recorded(REFERENCE) + ")";
        return List.of(
                record(
                        BIN_COUNT,
                        "sum by (" + bin + ") (increase(" + promql.server(Metrics.FEATURE_OBSERVATIONS) + "[24h]))"),
                record(COUNT, "sum by (" + feature + ") (" + promql.recorded(BIN_COUNT) + ")"),
                // a bin that the reference never saw would make the index infinite as well
                record(
                        REFERENCE,
                        "clamp_min(max by (" + bin + ") (" + promql.server(Metrics.FEATURE_REFERENCE_RATIO) + "), "
                                + RATIO_FLOOR + ")"),
                record(
                        BIN_RATIO,
                        "(" + promql.recorded(BIN_COUNT) + " + " + SMOOTHING + ") / on (" + feature
                                + ") group_left () (" + promql.recorded(COUNT) + " + " + SMOOTHING + " * " + bins
                                + ")"),
                record(PSI, "sum by (" + feature + ") (" + difference + " * on (" + bin + ") " + logarithm + ")"),
                // chi-squared's 99.9 % quantile by Wilson and Hilferty
                record(
                        NOISE,
                        freedom + " * (1 - 2 / (9 * " + freedom + ") + " + Z + " * sqrt(2 / (9 * " + freedom
                                + ")))^3 * on ("
                                + feature + ") (1 / clamp_min(" + promql.recorded(COUNT) + ", 1) + on (" + feature
                                + ") 1 / max by (" + feature + ") ("
                                + promql.server(Metrics.FEATURE_REFERENCE_SAMPLES) + "))"));
    }

    /** @param threshold the index above which drift is worth a ticket, never a page */
    List<Rule> alerts(double threshold) {
        String on = " and on (" + Promql.FEATURE + ") ";
        String psi = promql.recorded(PSI);
        return List.of(rules.alert(
                Alert.FEATURE_DRIFT,
                AlertRules.WARNING,
                Map.of(),
                Duration.ofHours(1),
                psi + " > " + Promql.number(BigDecimal.valueOf(threshold)) + on + psi + " > " + promql.recorded(NOISE)
                        + on + promql.recorded(COUNT) + " > " + StabilityIndex.MIN_VALUES,
                "feature {{ $labels.feature }} of " + plan.model() + " has drifted from its training data",
                "Population stability index {{ $value | humanize }} over 24 h, reported from "
                        + Promql.number(BigDecimal.valueOf(threshold)) + " (version {{ $labels.version }})."));
    }

    private static Rule record(String name, String expression) {
        return AlertRules.record(name, Map.of(), expression);
    }
}
