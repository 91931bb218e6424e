package dev.millrace.plan.monitoring;

import dev.millrace.contract.metrics.Metrics;
import io.fabric8.openshift.api.model.monitoring.v1.Rule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Recording rules and burn-rate alerts of one objective, from explicit good and bad counters: histogram buckets can miss
 * the threshold, and sheds and timeouts have no latency.
 */
final class SloRules {
    static final String RATIO = "millrace:slo_errors:ratio_rate";
    static final String EVENTS = "millrace:slo_events:increase1h";
    static final String ERRORS = "millrace:slo_errors:increase1h";
    static final String BUDGET_LEFT = "millrace:slo_budget_left:ratio30d";
    /** Windows from here on are evaluated less often: they move slowly and read a lot. */
    private static final Duration SLOW = Duration.ofDays(1);

    private final AlertRules rules;
    private final Promql promql;
    private final Slo slo;
    private final String model;
    private final List<BurnTier> tiers;

    SloRules(MonitoringPlan plan, Slo slo) {
        this.rules = new AlertRules(plan);
        this.promql = new Promql(plan);
        this.slo = slo;
        this.model = plan.model();
        this.tiers = BurnTier.of(slo.objective());
    }

    /** Shares and counts over the short windows. */
    List<Rule> records() {
        List<Rule> records = new ArrayList<>();
        windows().stream().filter(window -> window.compareTo(SLOW) < 0).forEach(window -> records.add(ratio(window)));
        records.add(record(EVENTS, increase(all(), "1h")));
        records.add(record(ERRORS, increase(bad(), "1h")));
        return records;
    }

    /** Shares over the long windows, and what is left of the budget. */
    List<Rule> slowRecords() {
        List<Rule> records = new ArrayList<>();
        windows().stream().filter(window -> window.compareTo(SLOW) >= 0).forEach(window -> records.add(ratio(window)));
        // sums of the recorded hours: reading 30 days of raw counters would cost a Prometheus dearly
        String period = "[" + Promql.duration(BurnTier.BUDGET_PERIOD) + ":1h]";
        records.add(record(
                BUDGET_LEFT,
                "1 - sum_over_time(" + recorded(ERRORS) + period + ") / sum_over_time(" + recorded(EVENTS) + period
                        + ") / " + budget()));
        return records;
    }

    List<Rule> alerts() {
        List<Rule> alerts = new ArrayList<>();
        tiers.forEach(tier -> alerts.add(alert(tier)));
        BigDecimal lowTraffic = BurnTier.TICKET.multiply(slo.objective().budget());
        if (lowTraffic.compareTo(BigDecimal.ONE) < 0) {
            alerts.add(lowTrafficAlert(lowTraffic.min(new BigDecimal("0.5"))));
        }
        return alerts;
    }

    private Rule alert(BurnTier tier) {
        String longWindow = Promql.duration(tier.longWindow());
        String shortWindow = Promql.duration(tier.shortWindow());
        String threshold = Promql.number(tier.threshold());
        StringBuilder expression = new StringBuilder(recorded(RATIO + longWindow))
                .append(" > ")
                .append(threshold)
                .append(and())
                .append(recorded(RATIO + shortWindow))
                .append(" > ")
                .append(threshold)
                .append(and())
                .append(recorded(EVENTS))
                .append(" > ")
                .append(SloEvidence.MIN_EVENTS);
        if (SloEvidence.isSmall(slo.objective().budget())) {
            expression
                    .append(and())
                    .append(increase(bad(), longWindow))
                    .append(" >= ")
                    .append(SloEvidence.MIN_BAD_EVENTS);
        }
        if (tier.waitsForHistory()) {
            // over the window, so that a model whose pods were replaced since counts as old
            expression
                    .append(and())
                    .append("(time() - min by (" + Promql.MODEL + ") (min_over_time(")
                    .append(promql.server(Metrics.CREATED_TIMESTAMP))
                    .append("[")
                    .append(longWindow)
                    .append("]))) > ")
                    .append(tier.longWindow().toSeconds());
        }
        return rules.alert(
                tier.outage() ? slo.outage() : slo.burn(),
                tier.page() ? AlertRules.CRITICAL : AlertRules.WARNING,
                Map.of("long", longWindow, "short", shortWindow),
                tier.hold(),
                expression.toString(),
                tier.outage()
                        ? "{{ $value | humanizePercentage }} of the requests of " + model + " miss the " + slo.name()
                                + " objective now"
                        : model + " spends its " + slo.name() + " budget " + times(tier.threshold())
                                + " times too fast or faster",
                description(longWindow));
    }

    /** Few requests, and many of them bad: the other tiers keep quiet, for days if need be. */
    private Rule lowTrafficAlert(BigDecimal threshold) {
        return rules.alert(
                slo.burn(),
                AlertRules.WARNING,
                Map.of("long", "1d", "short", "1d"),
                Duration.ofHours(1),
                recorded(RATIO + "1d") + " > " + Promql.number(threshold) + and() + increase(bad(), "1d") + " >= "
                        + BurnTier.LOW_TRAFFIC_BAD_EVENTS + and() + recorded(EVENTS) + " <= " + SloEvidence.MIN_EVENTS,
                model + " has little traffic and much of it misses the " + slo.name() + " objective",
                description("1d"));
    }

    private String description(String window) {
        String left = recorded(BUDGET_LEFT);
        String gone = "(" + left + " > 0) * " + BurnTier.BUDGET_PERIOD.toSeconds() + " * " + budget() + " / on ("
                + Promql.MODEL + ", slo) " + recorded(RATIO + window);
        return "{{ $value | humanizePercentage }} of the requests of the last " + window + " " + slo.bad() + "; "
                + Promql.number(slo.objective().budget().movePointRight(2)) + "% may (objective "
                + slo.objective().text() + "%)." + "{{ with query `clamp_min(" + left
                + ", 0)` }} {{ . | first | value | humanizePercentage }} of the 30-day budget is left{{ end }}"
                + "{{ with query `" + gone
                + "` }}; at this rate it is spent in {{ . | first | value | humanizeDuration }}{{ end }}.";
    }

    /** All windows of the tiers, each once, and the day that the low-traffic rule reads. */
    private Collection<Duration> windows() {
        TreeSet<Duration> windows = new TreeSet<>(List.of(SLOW));
        for (BurnTier tier : tiers) {
            windows.add(tier.longWindow());
            windows.add(tier.shortWindow());
        }
        return windows;
    }

    private Rule ratio(Duration window) {
        String range = Promql.duration(window);
        return record(RATIO + range, rate(bad(), range) + " / " + rate(all(), range));
    }

    private Rule record(String name, String expression) {
        return AlertRules.record(name, Map.of("slo", slo.name()), expression);
    }

    private String recorded(String name) {
        return promql.recorded(name, "slo", slo.name());
    }

    private String bad() {
        return promql.server(Metrics.SLO_EVENTS, "slo", slo.name(), "result", "bad");
    }

    private String all() {
        return promql.server(Metrics.SLO_EVENTS, "slo", slo.name());
    }

    private String budget() {
        return Promql.number(slo.objective().budget());
    }

    private String times(BigDecimal threshold) {
        return Promql.number(threshold.divide(slo.objective().budget(), 1, RoundingMode.HALF_UP));
    }

    private static String rate(String selector, String range) {
        return "sum by (" + Promql.MODEL + ") (rate(" + selector + "[" + range + "]))";
    }

    private static String increase(String selector, String range) {
        return "sum by (" + Promql.MODEL + ") (increase(" + selector + "[" + range + "]))";
    }

    private static String and() {
        return " and on (" + Promql.MODEL + ") ";
    }
}
