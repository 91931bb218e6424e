package dev.millrace.devkit.demo;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Appends records to topics, each at once, and counts what became of them. */
final class Events implements AutoCloseable {
    private final KafkaProducer<String, String> producer;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    Events(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrapServers);
        properties.put("linger.ms", "0");
        properties.put("acks", "all");
        properties.put("compression.type", "none");
        this.producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    void send(String topic, String key, String json) {
        producer.send(new ProducerRecord<>(topic, key, json), (metadata, e) -> {
            if (e == null) {
                sent.incrementAndGet();
            } else {
                failed.incrementAndGet();
                failure.set(e.getMessage());
            }
        });
    }

    /** Waits until all are acknowledged by the broker. */
    void flush() {
        producer.flush();
    }

    long sent() {
        return sent.get();
    }

    long failed() {
        return failed.get();
    }

    @Nullable
    String failure() {
        return failure.get();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
