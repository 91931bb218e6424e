package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.aggregator.event.RejectedEventException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/** Records of the dead letter topic: the original bytes, key, headers and timestamp, and why they are there. */
final class DeadLetters {
    static final String REASON = "millrace-reason";
    static final String ERROR = "millrace-error";
    static final String TOPIC = "millrace-topic";
    static final String PARTITION = "millrace-partition";
    static final String OFFSET = "millrace-offset";

    private DeadLetters() {}

    static Record<byte[], byte[]> of(
            Record<byte[], byte[]> original, String topic, int partition, long offset, RejectedEventException why) {
        Headers headers = new RecordHeaders(original.headers());
        headers.add(REASON, why.reason().header().getBytes(UTF_8));
        headers.add(ERROR, why.detail().getBytes(UTF_8));
        place(headers, topic, partition, offset);
        return original.withHeaders(headers);
    }

    /** Of a record that was re-keyed, and so has its place in its headers. */
    static Record<byte[], byte[]> ofRekeyed(Record<byte[], byte[]> record, RejectedEventException why) {
        Headers headers = new RecordHeaders(record.headers());
        headers.add(REASON, why.reason().header().getBytes(UTF_8));
        headers.add(ERROR, why.detail().getBytes(UTF_8));
        return record.withHeaders(headers);
    }

    /** Where the record was read. */
    static void place(Headers headers, String topic, int partition, long offset) {
        headers.add(TOPIC, topic.getBytes(UTF_8));
        headers.add(PARTITION, Integer.toString(partition).getBytes(UTF_8));
        headers.add(OFFSET, Long.toString(offset).getBytes(UTF_8));
    }
}
