package dev.millrace.plan.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PrometheusRulesTest {
    private static final Pattern SELECTOR = Pattern.compile("(millrace[_:][a-z0-9_:]+)(\\{[^}]*})?");

    private static String expression(Rule rule) {
        return rule.getExpr().getStrVal();
    }

    private static Set<String> alerts(MonitoringPlan plan) {
        return RuleFiles.rules(plan).stream()
                .map(Rule::getAlert)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void isNamedAndLabelled() {
        PrometheusRule rule = PrometheusRules.of(RuleFiles.fraud());
        assertThat(rule.getMetadata().getName()).isEqualTo("fraud-slo");
        assertThat(rule.getMetadata().getNamespace()).isEqualTo("payments");
        assertThat(rule.getMetadata().getLabels()).containsEntry("release", "kube-prometheus-stack");
    }

    @Test
    void everyAlertIsGenerated() {
        assertThat(alerts(RuleFiles.fraud()))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(Alert.values()).map(Alert::alertName).toList());
    }

    /** Without namespace and model the rules of N models would record the same series N times. */
    @Test
    void everySelectorCarriesNamespaceAndModel() {
        for (Rule rule : RuleFiles.rules(RuleFiles.fraud())) {
            Matcher selector = SELECTOR.matcher(expression(rule));
            while (selector.find()) {
                assertThat(selector.group(2))
                        .as("%s in %s", selector.group(1), expression(rule))
                        .isNotNull()
                        .startsWith("{namespace=\"payments\", model=\"fraud\"");
                if (selector.group(1).startsWith("millrace_slo_")) {
                    assertThat(selector.group(2)).contains("variant=\"stable\"");
                }
            }
        }
    }

    @Test
    void everyNameIsInTheCatalogueOrRecordedHere() {
        Names names = Names.of(RuleFiles.fraud());
        for (Rule rule : RuleFiles.rules(RuleFiles.fraud())) {
            assertThat(names.unknownIn(expression(rule))).as(expression(rule)).isEmpty();
            if (rule.getAnnotations() != null) {
                assertThat(names.unknownIn(rule.getAnnotations().toString())).isEmpty();
            }
        }
        assertThat(names.unknownIn("rate(millrace_no_such_total[5m]) > millrace:slo_errors:ratio_rate7m"))
                .containsExactly("millrace:slo_errors:ratio_rate7m", "millrace_no_such_total");
    }

    @Test
    void alertsSayWhatToDo() {
        for (Rule rule : RuleFiles.rules(RuleFiles.fraud())) {
            if (rule.getAlert() != null) {
                assertThat(rule.getLabels().get("severity")).isIn("critical", "warning");
                assertThat(rule.getAnnotations().get("summary")).isNotBlank();
                assertThat(rule.getAnnotations().get("description")).isNotBlank();
                assertThat(rule.getAnnotations())
                        .containsEntry("runbook_url", "https://example.test/runbooks/" + rule.getAlert() + ".md");
            }
        }
    }

    /** Nothing statistical and nothing that defaults cover wakes anybody up. */
    @Test
    void onlySymptomsPage() {
        Set<String> pages = RuleFiles.rules(RuleFiles.fraud()).stream()
                .filter(rule -> rule.getAlert() != null
                        && "critical".equals(rule.getLabels().get("severity")))
                .map(Rule::getAlert)
                .collect(Collectors.toSet());
        assertThat(pages)
                .doesNotContain(
                        "RealtimeModelFeatureDrift",
                        "RealtimeModelFeatureEventsRejected",
                        "RealtimeModelFeatureWatermarkLag",
                        "RealtimeModelFeaturePipelineSlow",
                        "RealtimeModelStreamInferenceLag",
                        "RealtimeModelFeatureBatchTooOld");
    }

    /** With a budget below 1 % a hundred events are few: some of them must be bad. */
    @Test
    void smallBudgetsAskForBadEvents() {
        List<String> small = burns(RuleFiles.plan("99.9", "99", 0.2, false), "RealtimeModelLatencyBudgetBurn");
        assertThat(small).isNotEmpty().allSatisfy(text -> assertThat(text).contains("result=\"bad\"}[1h])) >= 5"));
        assertThat(burns(RuleFiles.plan("99", "99", 0.2, false), "RealtimeModelLatencyBudgetBurn"))
                .isNotEmpty()
                .allSatisfy(text -> assertThat(text).doesNotContain(">= 5"));
    }

    private static List<String> burns(MonitoringPlan plan, String alert) {
        return RuleFiles.rules(plan).stream()
                .filter(rule -> alert.equals(rule.getAlert())
                        && "1h".equals(rule.getLabels().get("long")))
                .map(PrometheusRulesTest::expression)
                .toList();
    }

    /** A suspended model runs nothing: what is missing is meant to be. */
    @Test
    void aSuspendedModelMissesNothing() {
        assertThat(alerts(RuleFiles.plan("99", "99.9", 0.2, true)))
                .doesNotContain(
                        "RealtimeModelMetricsAbsent",
                        "RealtimeModelFeatureHeartbeatMissing",
                        "RealtimeModelFeatureBatchTooOld")
                .contains("RealtimeModelLatencyBudgetBurn");
    }

    @Test
    void whatTheSpecLeavesOutIsNotWatched() {
        MonitoringPlan all = RuleFiles.fraud();
        MonitoringPlan few = new MonitoringPlan(
                all.namespace(),
                all.model(),
                all.latency(),
                all.threshold(),
                all.availability(),
                List.of(new MonitoringPlan.StreamGroup("purchases", null, null)),
                List.of(new MonitoringPlan.BatchGroup("profile", null)),
                false,
                null,
                all.labels(),
                all.runbookBaseUrl(),
                false);
        assertThat(alerts(few))
                .contains("RealtimeModelFeaturePipelineStalled")
                .doesNotContain(
                        "RealtimeModelFeatureDrift",
                        "RealtimeModelFeatureWatermarkLag",
                        "RealtimeModelFeaturePipelineSlow",
                        "RealtimeModelStreamInferenceLag",
                        "RealtimeModelFeatureBatchTooOld");
        assertThat(RuleFiles.rules(few))
                .allSatisfy(rule -> assertThat(expression(rule)).doesNotContain("feature_psi"));
    }

    @Test
    void theMonitorFindsServersAndAggregators() {
        var monitor = PodMonitors.of(RuleFiles.fraud());
        assertThat(monitor.getMetadata().getName()).isEqualTo("fraud");
        assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "kube-prometheus-stack");
        assertThat(monitor.getSpec().getSelector().getMatchLabels())
                .containsEntry("app.kubernetes.io/name", "millrace")
                .containsEntry("app.kubernetes.io/instance", "fraud");
        assertThat(monitor.getSpec().getSelector().getMatchExpressions())
                .singleElement()
                .satisfies(expression -> assertThat(expression.getValues()).containsExactly("aggregator", "server"));
        assertThat(monitor.getSpec().getPodMetricsEndpoints())
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint.getPort()).isEqualTo("metrics"));
    }
}
