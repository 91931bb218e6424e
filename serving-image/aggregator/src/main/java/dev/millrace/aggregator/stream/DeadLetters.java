package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.aggregator.event.RejectedEventException;
import dev.millrace.contract.kafka.OriginHeaders;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/** Records of the dead letter topic: the original bytes, key, headers and timestamp, and why they are there. */
final class DeadLetters {
    static final String REASON = OriginHeaders.REASON;
    static final String ERROR = OriginHeaders.ERROR;
    static final String TOPIC = OriginHeaders.TOPIC;
    static final String PARTITION = OriginHeaders.PARTITION;
    static final String OFFSET = OriginHeaders.OFFSET;

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
