package dev.millrace.server.engine;

/**
 * Bounds of the scheduler, from {@code serving.json}.
 *
 * @param instances threads that execute
 * @param maxBatchRows rows merged across requests; a larger request runs by itself, in chunks of it
 * @param maxQueueRows rows that may wait
 * @param maxInFlight requests queued and executing
 * @param maxDelayNanos how long an execution may wait for more rows; 0 = it takes what is there
 * @param inlineNanos an execution of less is not worth another thread: it runs on the one that submits, when an instance is
 *     idle and nothing waits; 0 = never
 */
public record SchedulerLimits(
        int instances, int maxBatchRows, int maxQueueRows, int maxInFlight, long maxDelayNanos, long inlineNanos) {
    /** Everything on instance threads. */
    public SchedulerLimits(int instances, int maxBatchRows, int maxQueueRows, int maxInFlight, long maxDelayNanos) {
        this(instances, maxBatchRows, maxQueueRows, maxInFlight, maxDelayNanos, 0);
    }
}
