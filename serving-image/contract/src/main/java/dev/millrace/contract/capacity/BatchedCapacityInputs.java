package dev.millrace.contract.capacity;

/**
 * What the capacity of a replica that batches follows from: one executor that takes what waits, up to a maximum, as soon as
 * it is free; a batch of {@code n} rows takes {@code alpha + beta*n}.
 *
 * @param line execution time by rows, {@link BatchLine#fit}
 * @param maxRows largest batch that was calibrated: the line is not trusted beyond it
 * @param overheadMs p99 of the time outside the scheduler, with {@code batching.maxQueueDelay} if one is set
 * @param sloMs the latency threshold
 * @param percentile of the SLO
 * @param margin share of the threshold that is not planned for, {@link CapacityInputs#MARGIN}
 * @param burstFactor peak over mean load that a replica absorbs while others start
 */
public record BatchedCapacityInputs(
        BatchLine line,
        int maxRows,
        double overheadMs,
        double sloMs,
        Percentile percentile,
        double margin,
        double burstFactor) {
    public BatchedCapacityInputs {
        Inputs.positive("maxRows", maxRows);
        Inputs.notNegative("overheadMs", overheadMs);
        Inputs.positive("sloMs", sloMs);
        Inputs.share("margin", margin);
        Inputs.atLeastOne("burstFactor", burstFactor);
    }

    /** With the usual margin. */
    public static BatchedCapacityInputs of(
            BatchLine line, int maxRows, double overheadMs, double sloMs, String percentile, double burstFactor) {
        return new BatchedCapacityInputs(
                line, maxRows, overheadMs, sloMs, new Percentile(percentile), CapacityInputs.MARGIN, burstFactor);
    }

    double deadlineMs() {
        return (1 - margin) * sloMs;
    }
}
