package dev.millrace.aggregator.stream;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Where partitions end, as the broker said not long ago. */
interface EndOffsets {
    /** @param atMs a time at which the partition ended at {@code offset} or below */
    record Sample(long offset, long atMs) {}

    /** The newest sample; null before the first, or when the partition is not there. */
    @Nullable
    Sample latest(TopicPartition partition);
}
