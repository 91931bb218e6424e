package dev.millrace.plan.monitoring;

import dev.millrace.contract.metrics.Metrics;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRuleBuilder;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import io.fabric8.openshift.api.model.monitoring.v1.RuleGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The PrometheusRule {@code <model>-slo}. The caller adds owner references. */
public final class PrometheusRules {
    private static final String FAST = "30s";
    private static final String SLOW = "2m";
    /** Longer than a rebalance, a hot swap or a server that is killed. */
    private static final Duration READINGS_WAIT = Duration.ofMinutes(1);

    private PrometheusRules() {}

    public static PrometheusRule of(MonitoringPlan plan) {
        return new PrometheusRuleBuilder()
                .withNewMetadata()
                .withName(plan.model() + "-slo")
                .withNamespace(plan.namespace())
                .withLabels(new TreeMap<>(plan.labels()))
                .endMetadata()
                .withNewSpec()
                .withGroups(groups(plan))
                .endSpec()
                .build();
    }

    private static List<RuleGroup> groups(MonitoringPlan plan) {
        AlertRules rules = new AlertRules(plan);
        List<RuleGroup> groups = new ArrayList<>();
        List<Rule> alerts = new ArrayList<>();
        for (Slo slo : List.of(Slo.latency(plan), Slo.availability(plan))) {
            SloRules of = new SloRules(plan, slo);
            groups.add(rules.group("slo." + slo.name(), FAST, of.records()));
            groups.add(rules.group("slo." + slo.name() + ".slow", SLOW, of.slowRecords()));
            alerts.addAll(of.alerts());
        }
        FreshnessRules freshness = new FreshnessRules(plan);
        List<Rule> lags = freshness.records();
        if (!lags.isEmpty()) {
            groups.add(rules.group("freshness", FAST, lags));
        }
        alerts.addAll(freshness.alerts());
        if (plan.scoresTopic()) {
            alerts.add(readingsWait(plan, rules));
        }
        if (plan.driftThreshold() != null) {
            DriftRules drift = new DriftRules(plan);
            groups.add(rules.group("drift", "1m", drift.records()));
            alerts.addAll(drift.alerts(plan.driftThreshold()));
        }
        if (!plan.suspended()) {
            alerts.add(metricsAbsent(plan, rules));
        }
        groups.add(rules.group("alerts", FAST, alerts));
        return groups;
    }

    /** Of the server that is worst off: lag is by partition, and results of one key wait for each other. */
    private static Rule readingsWait(MonitoringPlan plan, AlertRules rules) {
        return rules.alert(
                Alert.STREAM_INFERENCE_LAG,
                AlertRules.WARNING,
                Map.of(),
                Duration.ofMinutes(2),
                "max by (" + Promql.MODEL + ") (" + new Promql(plan).server(Metrics.STREAM_LAG_SECONDS) + ") > "
                        + Promql.seconds(READINGS_WAIT),
                "readings wait for " + plan.model(),
                "A server had last scored all readings of its partitions {{ $value | humanizeDuration }} ago: their results are"
                        + " late.");
    }

    /** Counters exist from the start, at 0: no traffic is not absence. */
    private static Rule metricsAbsent(MonitoringPlan plan, AlertRules rules) {
        return rules.alert(
                Alert.METRICS_ABSENT,
                AlertRules.CRITICAL,
                rules.ownLabels(),
                Duration.ofMinutes(5),
                "absent_over_time(" + new Promql(plan).server(Metrics.SLO_EVENTS) + "[10m])",
                "Prometheus has no metrics of " + plan.model(),
                "No server of " + plan.namespace() + "/" + plan.model()
                        + " has been scraped for 15 minutes. Every other alert of this model is mute.");
    }
}
