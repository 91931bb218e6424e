package dev.millrace.aggregator;

import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The states that a revision has written, as they stand in its changelog: without {@code dedup}, see {@code TileState}. */
final class Changelog {
    /** Of an entity's seq in its state. */
    private static final int SEQ = 5;

    private final String bootstrapServers;
    private final List<TopicPartition> partitions;

    Changelog(Bench bench, String revision) {
        this.bootstrapServers = bench.broker.bootstrapServers();
        this.partitions = IntStream.range(0, Bench.PARTITIONS)
                .mapToObj(p -> new TopicPartition("payments-fraud-purchases-" + revision + "-tiles-changelog", p))
                .toList();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "allow.auto.create.topics", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(partitions);
        return consumer;
    }

    /** States of each customer in their order, committed or not. */
    private Map<String, List<ConsumerRecord<byte[], byte[]>>> states() {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            await("the whole changelog").atMost(Bench.PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
                return partitions.stream().allMatch(p -> consumer.position(p) >= Objects.requireNonNull(ends.get(p)));
            });
        }
        return all.stream()
                .filter(record -> record.key().length > 1 && record.value() != null)
                .collect(Collectors.groupingBy(record -> record.partition() + new String(record.key())));
    }

    /** Whether any state has been written. */
    boolean isBegun() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            // one for each partition that a task says about itself
            return consumer.endOffsets(partitions).values().stream()
                            .mapToLong(Long::longValue)
                            .sum()
                    > 2L * Bench.PARTITIONS;
        }
    }

    /** Customers with an older state behind a newer one. */
    int setBack() {
        return (int) states().values().stream()
                .filter(of -> IntStream.range(1, of.size()).anyMatch(i -> seq(of.get(i)) < seq(of.get(i - 1))))
                .count();
    }

    private static long seq(ConsumerRecord<byte[], byte[]> record) {
        return ByteBuffer.wrap(record.value()).getLong(SEQ);
    }

    /** Writes each customer's first state once more, behind all others; as many as that is. */
    int setAllBack() {
        int written = 0;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (List<ConsumerRecord<byte[], byte[]>> of : states().values()) {
                ConsumerRecord<byte[], byte[]> first = of.get(0);
                if (seq(first) < seq(of.get(of.size() - 1))) {
                    producer.send(new ProducerRecord<>(first.topic(), first.partition(), first.key(), first.value()));
                    written++;
                }
            }
            producer.flush();
        }
        return written;
    }
}
