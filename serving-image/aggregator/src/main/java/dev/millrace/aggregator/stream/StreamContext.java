package dev.millrace.aggregator.stream;

import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/**
 * What all tasks of one application share.
 *
 * @param topicId of the source topic now
 * @param partitions of the source topic
 * @param freshEpoch for a task without a past: greater than any that the store has seen of this group
 * @param batchEndMs of the last run of a hybrid group's files; 0 = none is known
 * @param overtaken keys whose newest state must be written to the changelog again
 * @param sampled partitions whose ends tasks want to know; each adds its own and removes it at its end
 * @param views by partition; a task keeps its own up to date and removes it at its end
 */
record StreamContext(
        String topicId,
        int partitions,
        int freshEpoch,
        EndOffsets endOffsets,
        StreamMetrics metrics,
        Tuning tuning,
        ConcurrentMap<Integer, PartitionView> views,
        AtomicLong batchEndMs,
        OvertakenStates overtaken,
        Set<TopicPartition> sampled) {}
