package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.sink.StoreSink;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/** What the tasks of one stream thread share with its consumer. Used by that thread only. */
interface ThreadLink {
    /** Reads a partition from its beginning, whatever is committed. */
    void readAgain(TopicPartition partition);

    /** Where the thread's values go. */
    StoreSink sink();

    /**
     * Offset after the last record (or transaction marker) that the consumer has handed to Streams; empty before it has a
     * position.
     */
    OptionalLong position(TopicPartition partition);

    /** Offset of the last record handed to Streams since {@link #assigned}; -1 before the first. */
    long lastDelivered(TopicPartition partition);

    /** A task starts on the partition: nothing of it has been delivered. */
    void assigned(TopicPartition partition);
}
