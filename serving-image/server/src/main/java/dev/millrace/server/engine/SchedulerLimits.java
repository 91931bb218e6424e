package dev.millrace.server.engine;

/**
 * Bounds of the scheduler, from {@code serving.json}.
 *
 * @param instances threads that execute
 * @param maxBatchRows rows merged across requests; a larger request runs by itself, in chunks of it
 * @param maxQueueRows rows that may wait
 * @param maxInFlight requests queued and executing
 * @param maxDelayNanos how long an execution may wait for more rows; 0 = it takes what is there
 */
public record SchedulerLimits(int instances, int maxBatchRows, int maxQueueRows, int maxInFlight, long maxDelayNanos) {}
