package dev.millrace.plan.monitoring;

import dev.millrace.contract.capacity.Percentile;
import java.math.BigDecimal;

/**
 * A service level objective over the counter of good and bad events.
 *
 * @param name value of the label {@code slo}
 * @param objective share of good events, in per cent
 * @param bad how a description calls bad events
 * @param outage alert when users see it now
 * @param burn alert when the budget is spent too fast
 */
record Slo(String name, Percentile objective, String bad, Alert outage, Alert burn) {
    static Slo latency(MonitoringPlan plan) {
        return new Slo(
                "latency",
                plan.latency(),
                "took longer than " + millis(plan) + " or got no answer of the model",
                Alert.LATENCY_OUTAGE,
                Alert.LATENCY_BUDGET_BURN);
    }

    static Slo availability(MonitoringPlan plan) {
        return new Slo(
                "availability",
                plan.availability(),
                "failed, timed out or were shed",
                Alert.ERROR_OUTAGE,
                Alert.ERROR_BUDGET_BURN);
    }

    private static String millis(MonitoringPlan plan) {
        return Promql.number(BigDecimal.valueOf(plan.threshold().toNanos(), 6)) + "ms";
    }
}
