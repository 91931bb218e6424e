package dev.millrace.aggregator.stream;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Asks the broker where partitions end. The consumer's own idea of it would do as long as the broker answers; but it does
 * not tell "nothing new" from "no answer", and that is the difference between fresh and stale.
 */
final class EndOffsetSampler implements EndOffsets {
    private static final long TIMEOUT_MS = 2_000;

    private final Admin admin;
    private final ListOffsetsOptions options;
    private final Map<TopicPartition, Sample> samples = new ConcurrentHashMap<>();

    /** @param committed whether a partition ends where its open transactions begin */
    EndOffsetSampler(Admin admin, boolean committed) {
        this.admin = admin;
        this.options =
                new ListOffsetsOptions(committed ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED);
    }

    /** Takes a sample of each; false when the broker did not answer for all. */
    boolean sample(Collection<TopicPartition> partitions) throws InterruptedException {
        if (partitions.isEmpty()) {
            return true;
        }
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        // before asking: whatever was appended after this moment may be missing from the answer
        long now = System.currentTimeMillis();
        ListOffsetsResult result = admin.listOffsets(wanted, options);
        boolean all = true;
        for (TopicPartition partition : partitions) {
            try {
                long offset = result.partitionResult(partition)
                        .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .offset();
                samples.put(partition, new Sample(offset, now));
            } catch (ExecutionException e) {
                all = false;
            } catch (TimeoutException e) {
                return false;
            }
        }
        return all;
    }

    @Override
    public @Nullable Sample latest(TopicPartition partition) {
        return samples.get(partition);
    }
}
