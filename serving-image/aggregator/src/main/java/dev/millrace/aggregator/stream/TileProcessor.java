package dev.millrace.aggregator.stream;

import java.util.function.Supplier;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Gives a {@link TileTask} the life cycle of Kafka Streams. */
final class TileProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private final GroupDefinition definition;
    private final StreamContext shared;
    private final Supplier<ThreadLink> links;
    private @Nullable TileTask task;

    /** @param links the link of the calling thread */
    TileProcessor(GroupDefinition definition, StreamContext shared, Supplier<ThreadLink> links) {
        this.definition = definition;
        this.shared = shared;
        this.links = links;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        TileTask started = new TileTask(definition, shared, links.get(), context);
        context.schedule(shared.tuning().heartbeat(), PunctuationType.WALL_CLOCK_TIME, started::beat);
        task = started;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (task == null) {
            throw new IllegalStateException("process before init");
        }
        task.process(record);
    }

    @Override
    public void close() {
        if (task != null) {
            task.close();
            task = null;
        }
    }
}
