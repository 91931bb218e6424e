package dev.millrace.contract.capacity;

/**
 * What one replica can carry within the SLO. Where {@code feasible} is false no load meets it and no autoscaler helps:
 * every rate and target is 0 and must not be given to an autoscaler.
 *
 * @param feasible a request that never waits meets the deadline
 * @param servicePercentileMs the execution time at the SLO's percentile (batched: of the largest batch)
 * @param maxUtilization {@code rho*}: busy share of the execution slots at the SLO's edge, 0 to 1
 * @param capacityRps {@code lambda*}: requests per second at the SLO's edge
 * @param targetUtilization {@code rho_t}: busy share at the target
 * @param targetRps {@code lambda_t}: requests per second at the target
 * @param targetInFlight {@code N_t}: time-averaged requests queued and executing at the target (Little's law)
 * @param maxInFlight {@code Q}: requests queued and executing that can still finish in time; what comes on top is shed
 * @param maxBatchSize rows that may execute together within the SLO; 1 without batching
 * @param reason inputs and results in one line, for people
 */
public record Capacity(
        boolean feasible,
        double servicePercentileMs,
        double maxUtilization,
        double capacityRps,
        double targetUtilization,
        double targetRps,
        double targetInFlight,
        int maxInFlight,
        int maxBatchSize,
        String reason) {

    /** {@code capacityRps} as status and annotations print it. */
    public long capacityRpsRounded() {
        return Math.round(capacityRps);
    }

    /** {@code Q} less what executes: the word of Triton's and of {@code server.batching.maxQueueSize}. */
    public int maxQueued(int executing) {
        return Math.max(0, maxInFlight - executing);
    }
}
