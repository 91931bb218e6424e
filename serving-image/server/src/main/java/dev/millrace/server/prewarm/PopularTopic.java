package dev.millrace.server.prewarm;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.kafka.KafkaClientProperties;
import dev.millrace.server.prewarm.PopularCalls.Update;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * All partitions of one topic: back from the end as far as needed, and then forward. In no consumer group: every replica reads
 * all of it. Blocks: for a thread of its own only.
 */
final class PopularTopic implements AutoCloseable {
    private static final int TIMEOUT_MS = 5_000;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofMillis(500);
    /** How much further back each look reaches. */
    private static final int FURTHER = 4;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String where;
    private final String topic;
    private final List<TopicPartition> partitions;
    private final Function<byte @Nullable [], String> unkeyed;

    private PopularTopic(
            KafkaConsumer<byte[], byte[]> consumer,
            String where,
            String topic,
            List<TopicPartition> partitions,
            Function<byte @Nullable [], String> unkeyed) {
        this.consumer = consumer;
        this.where = where;
        this.topic = topic;
        this.partitions = partitions;
        this.unkeyed = unkeyed;
    }

    /** {@code unkeyed}: whose call the value of a record without a key is. */
    static PopularTopic open(Kafka kafka, String topic, Function<byte @Nullable [], String> unkeyed)
            throws TopicTrouble {
        KafkaConsumer<byte[], byte[]> consumer = null;
        try {
            Map<String, Object> s = new HashMap<>(KafkaClientProperties.of(kafka));
            s.put("client.id", "millrace-server-prewarm");
            s.put("enable.auto.commit", false);
            s.put("auto.offset.reset", "earliest");
            s.put("allow.auto.create.topics", false);
            s.put("isolation.level", "read_committed");
            s.put("request.timeout.ms", TIMEOUT_MS);
            s.put("default.api.timeout.ms", TIMEOUT_MS);
            s.put("reconnect.backoff.max.ms", 2_000);
            s.put("fetch.max.bytes", 4 << 20);
            consumer = new KafkaConsumer<>(s, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found == null || found.isEmpty()) {
                throw missing(topic, kafka.bootstrapServers());
            }
            List<TopicPartition> partitions = found.stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            consumer.assign(partitions);
            return new PopularTopic(consumer, kafka.bootstrapServers(), topic, partitions, unkeyed);
        } catch (KafkaException | ConfigException | TopicTrouble e) {
            if (consumer != null) {
                consumer.close(CLOSE);
            }
            throw e instanceof TopicTrouble t ? t : trouble((RuntimeException) e, topic, kafka.bootstrapServers());
        }
    }

    private static TopicTrouble missing(String topic, String where) {
        return new TopicTrouble(
                "TopicMissing",
                "cache.entity.prewarm.topic: '" + topic + "' is not on " + where
                        + ": create it, or correct the name; no answer is made in advance");
    }

    private static TopicTrouble trouble(RuntimeException e, String topic, String where) {
        return e instanceof UnknownTopicOrPartitionException
                ? missing(topic, where)
                : new TopicTrouble(
                        "KafkaUnavailable",
                        "kafka.bootstrapServers: " + where + ": " + e.getMessage()
                                + "; no answer is made in advance from the topic '" + topic + "'",
                        e);
    }

    /**
     * The newest record of each key, newest first, as far back as it takes to find {@code max} keys. Goes on behind the last
     * one.
     *
     * @param untilNanos what is found by then has to do
     */
    List<Update> newest(int max, long untilNanos) throws TopicTrouble {
        try {
            Map<TopicPartition, Long> begin = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            Map<TopicPartition, Long> to = end;
            List<Update> newest = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            int calls = 0;
            boolean older = true;
            for (long back = max; older && calls < max && System.nanoTime() < untilNanos; back *= FURTHER) {
                Map<TopicPartition, Long> from = new HashMap<>();
                older = false;
                for (TopicPartition p : partitions) {
                    long first = Math.max(begin.getOrDefault(p, 0L), end.getOrDefault(p, 0L) - back);
                    from.put(p, first);
                    older |= first > begin.getOrDefault(p, 0L);
                }
                for (Update update : window(from, to, untilNanos)) {
                    if (calls < max && seen.add(update.id())) {
                        newest.add(update);
                        calls += update.body() == null ? 0 : 1;
                    }
                }
                to = from;
            }
            end.forEach(consumer::seek);
            return newest;
        } catch (KafkaException e) {
            throw trouble(e, topic, where);
        }
    }

    /** Newest first. */
    private List<Update> window(Map<TopicPartition, Long> from, Map<TopicPartition, Long> to, long untilNanos) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        from.forEach(consumer::seek);
        Set<TopicPartition> open = new HashSet<>(partitions);
        open.removeIf(p -> consumer.position(p) >= to.getOrDefault(p, 0L));
        consumer.pause(partitions);
        while (!open.isEmpty() && System.nanoTime() < untilNanos) {
            consumer.resume(open);
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < to.getOrDefault(new TopicPartition(topic, record.partition()), 0L)) {
                    records.add(record);
                }
            }
            open.removeIf(p -> consumer.position(p) >= to.getOrDefault(p, 0L));
            consumer.pause(partitions);
        }
        consumer.resume(partitions);
        // stable, and by offset within a partition: the later of two that were written at once is the newer
        records.sort(Comparator.comparingLong(ConsumerRecord::timestamp));
        List<Update> updates =
                new ArrayList<>(records.stream().map(this::update).toList());
        Collections.reverse(updates);
        return updates;
    }

    private Update update(ConsumerRecord<byte[], byte[]> record) {
        byte[] key = record.key();
        return new Update(
                key == null ? unkeyed.apply(record.value()) : new String(key, StandardCharsets.ISO_8859_1),
                record.value());
    }

    /** What has come since, oldest first; waits a moment for it. */
    List<Update> next() throws TopicTrouble {
        try {
            List<Update> updates = new ArrayList<>();
            consumer.poll(POLL).forEach(record -> updates.add(update(record)));
            return updates;
        } catch (KafkaException e) {
            throw trouble(e, topic, where);
        }
    }

    /** Asks the brokers, as a poll says nothing while they are away. False = there are more partitions by now. */
    boolean isWhole() throws TopicTrouble {
        try {
            consumer.endOffsets(partitions);
            List<PartitionInfo> now = consumer.partitionsFor(topic);
            if (now == null || now.isEmpty()) {
                throw missing(topic, where);
            }
            return now.size() == partitions.size();
        } catch (KafkaException e) {
            throw trouble(e, topic, where);
        }
    }

    @Override
    public void close() {
        consumer.close(CLOSE);
    }
}
