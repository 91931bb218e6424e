package dev.millrace.contract.capacity;

/**
 * What the capacity of a replica without batching follows from.
 *
 * @param serviceMs mean time of one model execution
 * @param cv its coefficient of variation; 0.1 to 0.3 is typical
 * @param instances executions that run at the same time in one replica ({@code server.instances})
 * @param overheadMs time outside the scheduler (feature read, codec): p90 of the least disturbed round of the warm-up
 * @param sloMs the latency threshold
 * @param percentile of the SLO
 * @param margin share of the threshold that is not planned for, {@link #MARGIN}
 * @param burstFactor peak over mean load that a replica absorbs while others start ({@code scaling.burstFactor})
 */
public record CapacityInputs(
        double serviceMs,
        double cv,
        int instances,
        double overheadMs,
        double sloMs,
        Percentile percentile,
        double margin,
        double burstFactor) {
    /** Garbage collection, noisy neighbours and the model's own error (up to 10 % optimistic at high load) fit in it. */
    public static final double MARGIN = 0.10;

    public CapacityInputs {
        Inputs.positive("serviceMs", serviceMs);
        Inputs.notNegative("cv", cv);
        Inputs.positive("instances", instances);
        Inputs.notNegative("overheadMs", overheadMs);
        Inputs.positive("sloMs", sloMs);
        Inputs.share("margin", margin);
        Inputs.atLeastOne("burstFactor", burstFactor);
    }

    /** With the usual margin; {@code percentile} as the spec writes it, {@code "99.9"}. */
    public static CapacityInputs of(
            double serviceMs,
            double cv,
            int instances,
            double overheadMs,
            double sloMs,
            String percentile,
            double burstFactor) {
        return new CapacityInputs(
                serviceMs, cv, instances, overheadMs, sloMs, new Percentile(percentile), MARGIN, burstFactor);
    }

    double deadlineMs() {
        return (1 - margin) * sloMs;
    }
}
