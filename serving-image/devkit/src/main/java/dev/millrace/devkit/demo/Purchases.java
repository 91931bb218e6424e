package dev.millrace.devkit.demo;

import dev.millrace.devkit.fraud.Purchase;
import org.jspecify.annotations.Nullable;

/** Appends purchases to the topic, keyed by customer. */
final class Purchases implements AutoCloseable {
    private final Events events;
    private final String topic;

    Purchases(String bootstrapServers, String topic) {
        this.events = new Events(bootstrapServers);
        this.topic = topic;
    }

    void send(Purchase purchase) {
        events.send(topic, purchase.customerId(), purchase.toJson());
    }

    /** Waits until all are acknowledged by the broker. */
    void flush() {
        events.flush();
    }

    long sent() {
        return events.sent();
    }

    long failed() {
        return events.failed();
    }

    @Nullable
    String failure() {
        return events.failure();
    }

    @Override
    public void close() {
        events.close();
    }
}
