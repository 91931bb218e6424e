package dev.millrace.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Readings in, and what is committed of their results. */
final class StreamRecords {
    private StreamRecords() {}

    /** A committed record of a topic that the server writes. */
    record Result(ConsumerRecord<String, String> record) {
        String key() {
            return record.key();
        }

        @Nullable
        String value() {
            return record.value();
        }

        JsonObject json() {
            return new JsonObject(record.value());
        }

        int partition() {
            return record.partition();
        }

        long offset() {
            return record.offset();
        }

        long timestamp() {
            return record.timestamp();
        }

        String header(String name) {
            return new String(record.headers().lastHeader(name).value(), UTF_8);
        }

        /** {@code topic/partition/offset} of its reading. */
        String origin() {
            return header("millrace-topic") + "/" + header("millrace-partition") + "/" + header("millrace-offset");
        }
    }

    /** Writes readings, one after the other. */
    static final class Writer implements AutoCloseable {
        private final KafkaProducer<String, String> producer;
        private final String topic;

        Writer(String bootstrapServers, String topic) {
            this.topic = topic;
            this.producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5),
                    new StringSerializer(),
                    new StringSerializer());
        }

        /** Its offset. */
        long send(String key, @Nullable String value) throws Exception {
            return send(key, value, System.currentTimeMillis());
        }

        long send(String key, @Nullable String value, long timestamp)
                throws InterruptedException, ExecutionException, TimeoutException {
            return producer.send(new ProducerRecord<>(topic, null, timestamp, key, value))
                    .get(60, TimeUnit.SECONDS)
                    .offset();
        }

        /** Without waiting for each. */
        void later(String key, String value) {
            producer.send(new ProducerRecord<>(topic, key, value));
        }

        void flush() {
            producer.flush();
        }

        @Override
        public void close() {
            producer.close(Duration.ofSeconds(5));
        }
    }

    static KafkaConsumer<String, String> reader(String bootstrapServers, String topic, int partitions, String level) {
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        level,
                        "auto.offset.reset",
                        "earliest",
                        "fetch.max.wait.ms",
                        50),
                new StringDeserializer(),
                new StringDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return consumer;
    }

    /** All that is committed, once there are at least {@code count}; by partition and offset. */
    static List<Result> await(String bootstrapServers, String topic, int partitions, int count) {
        List<Result> results = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = reader(bootstrapServers, topic, partitions, "read_committed")) {
            Awaitility.await("at least " + count + " committed records in " + topic)
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(100)).forEach(r -> results.add(new Result(r)));
                        return results.size() >= count;
                    });
            // whatever else is there
            consumer.poll(Duration.ofMillis(200)).forEach(r -> results.add(new Result(r)));
        }
        results.sort(Comparator.comparing(Result::partition).thenComparing(Result::offset));
        return results;
    }

    /** The one that was made last. */
    static Result last(List<Result> results) {
        return results.stream()
                .max(Comparator.comparingLong(r -> r.json().getLong("time")))
                .orElseThrow();
    }
}
