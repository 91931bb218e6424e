package dev.millrace.server;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;

/** What a prediction log holds. */
final class LogRecords {
    private LogRecords() {}

    /** Every record of a topic with one partition, up to where it ends now. */
    static List<JsonObject> read(String bootstrapServers, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<JsonObject> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers), new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(r -> records.add(new JsonObject(r.value())));
                return consumer.position(partition) >= end;
            });
        }
        return records;
    }
}
