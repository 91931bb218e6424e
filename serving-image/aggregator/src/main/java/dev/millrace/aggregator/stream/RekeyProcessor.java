package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.RejectedEventException;
import dev.millrace.aggregator.stream.StreamMetrics.EventResult;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gives each event the key of its entity, so that the internal topic has all events of an entity in one partition; bytes,
 * timestamp and headers stay. What the filter refuses and what is malformed ends here. Twice a second it marks how far it is.
 */
final class RekeyProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final GroupDefinition definition;
    private final StreamContext shared;
    private final Supplier<ThreadLink> links;
    private Watermark watermark = new Watermark();
    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable ThreadLink link;
    private @Nullable TopicPartition partition;
    private long lastOffset = -1;

    /** @param links the link of the calling thread */
    RekeyProcessor(GroupDefinition definition, StreamContext shared, Supplier<ThreadLink> links) {
        this.definition = definition;
        this.shared = shared;
        this.links = links;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> started) {
        ThreadLink thread = links.get();
        TopicPartition source =
                new TopicPartition(definition.stream().topic(), started.taskId().partition());
        context = started;
        link = thread;
        partition = source;
        lastOffset = -1;
        // what an aborted transaction had re-keyed comes again, so nothing has been caught up with
        watermark = new Watermark();
        thread.assigned(source);
        shared.sampled().add(source);
        started.schedule(
                shared.tuning().mark(), PunctuationType.WALL_CLOCK_TIME, nowMs -> mark(started, thread, source, nowMs));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        ProcessorContext<byte[], byte[]> to = context;
        if (to == null) {
            throw new IllegalStateException("process before init");
        }
        RecordMetadata source =
                to.recordMetadata().orElseThrow(() -> new IllegalStateException("a record of a topic has its place"));
        try {
            Event event = definition
                    .reader()
                    .read(record.value(), TileTask.headers(record), record.timestamp(), to.currentSystemTimeMs());
            if (event == null) {
                shared.metrics().event(EventResult.FILTERED);
            } else {
                Headers headers = new RecordHeaders(record.headers());
                DeadLetters.place(headers, source.topic(), source.partition(), source.offset());
                to.forward(record.withKey(event.storeKey().getBytes(UTF_8)).withHeaders(headers), GroupTopology.KEYED);
            }
        } catch (RejectedEventException e) {
            to.forward(
                    DeadLetters.of(record, source.topic(), source.partition(), source.offset(), e),
                    GroupTopology.UNKEYED_DEAD_LETTERS);
            shared.metrics().event(EventResult.DEAD_LETTER);
        }
        lastOffset = source.offset();
    }

    private void mark(ProcessorContext<byte[], byte[]> to, ThreadLink thread, TopicPartition source, long nowMs) {
        EndOffsets.Sample end = shared.endOffsets().latest(source);
        // transaction markers count as processed
        OptionalLong position =
                lastOffset >= thread.lastDelivered(source) ? thread.position(source) : OptionalLong.of(lastOffset + 1);
        if (end == null || position.isEmpty()) {
            return;
        }
        watermark.advance(end, position.getAsLong());
        SourceMark mark =
                new SourceMark(source.partition(), watermark.caughtUpAtMs(), watermark.lag(position.getAsLong()));
        to.forward(new Record<>(mark.key(), mark.value(), nowMs), GroupTopology.KEYED);
    }

    @Override
    public void close() {
        if (partition != null) {
            shared.sampled().remove(partition);
        }
    }
}
