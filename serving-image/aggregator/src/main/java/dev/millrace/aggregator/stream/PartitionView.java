package dev.millrace.aggregator.stream;

/**
 * One assigned partition, as status and metrics see it. Written by its task, read by any thread.
 *
 * @param caughtUpAtMs time up to which all events are in the store or on their way to it; 0 = never since the start
 * @param rehydrated share of the keys written again to an emptied store; 1 when nothing is to be done
 */
public record PartitionView(int partition, long lagRecords, long caughtUpAtMs, double rehydrated) {
    boolean isRehydrating() {
        return rehydrated < 1;
    }
}
