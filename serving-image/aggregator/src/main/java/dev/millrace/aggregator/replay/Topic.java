package dev.millrace.aggregator.replay;

import dev.millrace.aggregator.batch.SourceException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.kafka.KafkaClientProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads the log's topic from a time to where it ends when the reading begins. It joins no group and commits nothing. */
final class Topic {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Topic() {}

    /** Takes a record's value. */
    interface Lines {
        void accept(String json) throws SourceException;
    }

    static void read(Kafka kafka, String topic, long sinceMs, Lines lines) throws SourceException {
        Map<String, Object> properties = KafkaClientProperties.of(kafka);
        properties.put("enable.auto.commit", false);
        properties.put("isolation.level", "read_committed");
        properties.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(p -> new TopicPartition(topic, p.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new SourceException("topic " + topic + ": does not exist at " + kafka.bootstrapServers());
            }
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
            Map<TopicPartition, Long> times = new HashMap<>();
            partitions.forEach(p -> times.put(p, Math.max(0, sinceMs)));
            Map<TopicPartition, OffsetAndTimestamp> starts = consumer.offsetsForTimes(times);
            for (TopicPartition partition : partitions) {
                OffsetAndTimestamp start = starts.get(partition);
                consumer.seek(partition, start == null ? Objects.requireNonNull(ends.get(partition)) : start.offset());
            }
            long heard = System.nanoTime();
            while (true) {
                // a position passes what a transaction left behind, which no record does
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
                if (ends.isEmpty()) {
                    return;
                }
                boolean some = false;
                for (ConsumerRecord<String, String> logged : consumer.poll(Duration.ofMillis(500))) {
                    some = true;
                    if (logged.value() != null) {
                        lines.accept(logged.value());
                    }
                }
                long now = System.nanoTime();
                heard = some ? now : heard;
                if (now - heard > PATIENCE.toNanos()) {
                    throw new SourceException("topic " + topic + ": " + ends.keySet() + " gave nothing for "
                            + PATIENCE.toSeconds() + " s before its end");
                }
            }
        } catch (KafkaException e) {
            throw new SourceException("topic " + topic + " at " + kafka.bootstrapServers() + ": " + e.getMessage(), e);
        }
    }
}
