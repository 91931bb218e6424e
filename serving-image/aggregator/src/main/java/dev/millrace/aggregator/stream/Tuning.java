package dev.millrace.aggregator.stream;

import java.time.Duration;

/**
 * The numbers behind the stream that no spec sets; features reference 9.3. Tests shorten some.
 *
 * @param commitInterval bounds what is replayed after a crash
 * @param sessionTimeout after which a dead replica's partitions move
 * @param drainBound how long a commit waits for the store before it fails and is tried again; far below {@code
 *     max.poll.interval.ms} (5 min), so that a slow store never costs the membership in the group,
 *     and below the grace of a pod's end (30 s)
 * @param heartbeat between two heartbeats of a partition
 * @param mark between two marks of a source partition in every partition of the internal topic
 * @param sinkCapacity keys that wait for the store before the consumer is paused
 * @param rehydrateKeysPerSecond and partition, when an emptied store is refilled
 * @param retry between two looks at something that is missing
 * @param barrier whether commits wait for the store; false only to prove that a test notices
 */
public record Tuning(
        Duration commitInterval,
        Duration sessionTimeout,
        Duration drainBound,
        Duration heartbeat,
        Duration mark,
        int sinkCapacity,
        int rehydrateKeysPerSecond,
        Duration retry,
        boolean barrier) {

    public static Tuning defaults() {
        return new Tuning(
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(15),
                Duration.ofMillis(200),
                Duration.ofMillis(500),
                20_000,
                40_000,
                Duration.ofSeconds(2),
                true);
    }

    public Tuning withSessionTimeout(Duration timeout) {
        return new Tuning(
                commitInterval,
                timeout,
                drainBound,
                heartbeat,
                mark,
                sinkCapacity,
                rehydrateKeysPerSecond,
                retry,
                barrier);
    }

    public Tuning withRetry(Duration interval) {
        return new Tuning(
                commitInterval,
                sessionTimeout,
                drainBound,
                heartbeat,
                mark,
                sinkCapacity,
                rehydrateKeysPerSecond,
                interval,
                barrier);
    }

    public Tuning withDrainBound(Duration bound) {
        return new Tuning(
                commitInterval,
                sessionTimeout,
                bound,
                heartbeat,
                mark,
                sinkCapacity,
                rehydrateKeysPerSecond,
                retry,
                barrier);
    }

    public Tuning withoutBarrier() {
        return new Tuning(
                commitInterval,
                sessionTimeout,
                drainBound,
                heartbeat,
                mark,
                sinkCapacity,
                rehydrateKeysPerSecond,
                retry,
                false);
    }
}
