package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.state.TileStores;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * One subtopology: events, tiles per entity with their state and its changelog, dead letters. Where events must
 * be re-keyed there is another before it, which writes them into an internal topic.
 */
final class GroupTopology {
    static final String DEAD_LETTERS = "dead-letters";
    private static final String EVENTS = "events";
    private static final String AGGREGATE = "aggregate";

    private static final String REKEY = "rekey";
    /** Child of the re-keying that leads to the internal topic. */
    static final String KEYED = "keyed";

    static final String UNKEYED_DEAD_LETTERS = "unkeyed-dead-letters";

    private GroupTopology() {}

    static Topology of(
            GroupDefinition definition, TileStores stores, StreamContext shared, Supplier<ThreadLink> links) {
        return definition.rekeyed()
                ? rekeyed(definition, stores, shared, links)
                : keyed(definition, stores, shared, links);
    }

    private static Topology rekeyed(
            GroupDefinition definition, TileStores stores, StreamContext shared, Supplier<ThreadLink> links) {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(
                        definition.stream().topic(),
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                .withName(EVENTS)
                                .withTimestampExtractor(GroupTopology::timestamp)
                                .withOffsetResetPolicy(AutoOffsetReset.earliest()))
                .process(() -> new RekeyProcessor(definition, shared, links), Named.as(REKEY))
                // a name of our own for the way to the internal topic, beside the one to the dead letters
                .filter((key, value) -> true, Named.as(KEYED))
                .repartition(Repartitioned.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withName(GroupDefinition.KEYED)
                        .withNumberOfPartitions(shared.partitions())
                        .withStreamPartitioner(new KeyedPartitioner()))
                .process(tiles(definition, stores, shared, links), Named.as(AGGREGATE));
        Topology topology = builder.build();
        String deadLetters = definition.stream().deadLetterTopic();
        // one each: a sink that both shared would make one subtopology of the two
        topology.addSink(
                UNKEYED_DEAD_LETTERS, deadLetters, new ByteArraySerializer(), new ByteArraySerializer(), REKEY);
        topology.addSink(DEAD_LETTERS, deadLetters, new ByteArraySerializer(), new ByteArraySerializer(), AGGREGATE);
        return topology;
    }

    /** A record from before Kafka had timestamps must not stop the stream. */
    private static long timestamp(ConsumerRecord<Object, Object> record, long partitionTime) {
        return Math.max(0, record.timestamp());
    }

    private static Topology keyed(
            GroupDefinition definition, TileStores stores, StreamContext shared, Supplier<ThreadLink> links) {
        Topology topology = new Topology();
        topology.addSource(
                Topology.AutoOffsetReset.EARLIEST,
                EVENTS,
                GroupTopology::timestamp,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                definition.stream().topic());
        topology.addProcessor(AGGREGATE, tiles(definition, stores, shared, links), EVENTS);
        topology.addSink(
                DEAD_LETTERS,
                definition.stream().deadLetterTopic(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                AGGREGATE);
        return topology;
    }

    private static ProcessorSupplier<byte[], byte[], byte[], byte[]> tiles(
            GroupDefinition definition, TileStores stores, StreamContext shared, Supplier<ThreadLink> links) {
        return new ProcessorSupplier<byte[], byte[], byte[], byte[]>() {
            @Override
            public Processor<byte[], byte[], byte[], byte[]> get() {
                return new TileProcessor(definition, shared, links);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                // cached, so that the changelog gets one record per entity and commit
                return Set.of(Stores.keyValueStoreBuilder(
                                NewestStates.of(stores.named(GroupDefinition.STATE), definition, shared.overtaken()),
                                Serdes.ByteArray(),
                                Serdes.ByteArray())
                        .withCachingEnabled());
            }
        };
    }
}
