package dev.millrace.aggregator.stream;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StandbyUpdateListener;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.TaskId;

/** Counts what Kafka Streams reads from changelogs. Called on its threads. */
final class RestoreCounts implements StateRestoreListener, StandbyUpdateListener {
    private final StreamMetrics metrics;

    RestoreCounts(StreamMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void onBatchRestored(TopicPartition partition, String store, long endOffset, long records) {
        metrics.restored(false, records);
    }

    @Override
    public void onBatchLoaded(
            TopicPartition partition, String store, TaskId task, long endOffset, long records, long currentEndOffset) {
        metrics.restored(true, records);
    }

    @Override
    public void onRestoreStart(TopicPartition partition, String store, long startingOffset, long endingOffset) {}

    @Override
    public void onRestoreEnd(TopicPartition partition, String store, long totalRestored) {}

    @Override
    public void onUpdateStart(TopicPartition partition, String store, long startingOffset) {}

    @Override
    public void onUpdateSuspended(
            TopicPartition partition, String store, long storeOffset, long currentEndOffset, SuspendReason reason) {}
}
