package dev.millrace.plan;

import dev.millrace.api.v1alpha1.LatencyBudget;
import dev.millrace.contract.config.ServingConfig.Budget;
import org.jspecify.annotations.Nullable;

/**
 * The stages' deadlines. Those that the spec leaves out share 90 % of what is left of the threshold (the rest is the
 * margin for codec and jitter, the capacity model's m = 0.10) by fixed weights: a feature read is one round trip to the
 * store, a threshold is next to nothing, and a queue that waits as long as the model computes is as deep as is useful.
 */
final class BudgetNumbers {
    static final double MARGIN = 0.10;
    private static final double FEATURES = 10;
    private static final double QUEUE = 36;
    private static final double INFERENCE = 40;
    private static final double POST_PROCESSING = 4;

    private final double thresholdMs;
    private final double leftMs;
    private final double weights;
    private final Derivations derivations;

    private BudgetNumbers(double thresholdMs, double leftMs, double weights, Derivations derivations) {
        this.thresholdMs = thresholdMs;
        this.leftMs = leftMs;
        this.weights = weights;
        this.derivations = derivations;
    }

    static Budget of(LatencyBudget given, double thresholdMs, Derivations derivations) {
        double sum = millis(given.getFeatures())
                + millis(given.getQueue())
                + millis(given.getInference())
                + millis(given.getPostProcessing());
        double weights = (given.getFeatures() == null ? FEATURES : 0)
                + (given.getQueue() == null ? QUEUE : 0)
                + (given.getInference() == null ? INFERENCE : 0)
                + (given.getPostProcessing() == null ? POST_PROCESSING : 0);
        BudgetNumbers numbers =
                new BudgetNumbers(thresholdMs, (1 - MARGIN) * (thresholdMs - sum), weights, derivations);
        return new Budget(
                numbers.stage("features", given.getFeatures(), FEATURES),
                numbers.stage("queue", given.getQueue(), QUEUE),
                numbers.stage("inference", given.getInference(), INFERENCE),
                numbers.stage("postProcessing", given.getPostProcessing(), POST_PROCESSING),
                given.getQueue() != null);
    }

    private double stage(String name, @Nullable String given, double weight) {
        if (given != null) {
            return Durations.millis(given);
        }
        // rounded down: the sum must stay below the threshold
        double value = Math.floor(leftMs * weight / weights * 1000) / 1000;
        derivations.add(
                "slo.budget." + name,
                Durations.formatMillis(value),
                Numbers.plain(100 * weight / weights, 0) + " % of " + Durations.formatMillis(leftMs)
                        + ": the threshold of " + Durations.formatMillis(thresholdMs)
                        + ", without the stages that are given and a margin of 10 %");
        return value;
    }

    private static double millis(@Nullable String given) {
        return given == null ? 0 : Durations.millis(given);
    }
}
