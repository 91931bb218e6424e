package dev.millrace.aggregator.stream;

import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** One subtopology: events, tiles per entity with their state in memory and a changelog, dead letters. */
final class GroupTopology {
    static final String DEAD_LETTERS = "dead-letters";
    private static final String EVENTS = "events";
    private static final String AGGREGATE = "aggregate";

    private GroupTopology() {}

    static Topology of(GroupDefinition definition, StreamContext shared, Supplier<ThreadLink> links) {
        Topology topology = new Topology();
        topology.addSource(
                Topology.AutoOffsetReset.EARLIEST,
                EVENTS,
                // a record from before Kafka had timestamps must not stop the stream
                (record, partitionTime) -> Math.max(0, record.timestamp()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                definition.stream().topic());
        topology.addProcessor(
                AGGREGATE,
                new ProcessorSupplier<byte[], byte[], byte[], byte[]>() {
                    @Override
                    public Processor<byte[], byte[], byte[], byte[]> get() {
                        return new TileProcessor(definition, shared, links);
                    }

                    @Override
                    public Set<StoreBuilder<?>> stores() {
                        // cached, so that the changelog gets one record per entity and commit
                        return Set.of(Stores.keyValueStoreBuilder(
                                        Stores.inMemoryKeyValueStore(GroupDefinition.STATE),
                                        Serdes.ByteArray(),
                                        Serdes.ByteArray())
                                .withCachingEnabled());
                    }
                },
                EVENTS);
        topology.addSink(
                DEAD_LETTERS,
                definition.stream().deadLetterTopic(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                AGGREGATE);
        return topology;
    }
}
