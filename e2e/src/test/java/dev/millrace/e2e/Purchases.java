package dev.millrace.e2e;

import dev.millrace.devkit.fraud.Purchase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Appends purchases to the sample's topic, keyed by customer. */
final class Purchases implements AutoCloseable {
    private final KafkaProducer<String, String> producer;

    Purchases(String bootstrapServers) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "max.block.ms", "20000"),
                new StringSerializer(),
                new StringSerializer());
    }

    /** Returns when the broker has it. */
    void send(Purchase purchase) {
        try {
            producer.send(new ProducerRecord<>("purchases", purchase.customerId(), purchase.toJson()))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not take a purchase", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
