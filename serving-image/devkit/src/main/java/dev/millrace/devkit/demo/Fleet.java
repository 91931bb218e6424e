package dev.millrace.devkit.demo;

import dev.millrace.devkit.sensors.MachineStream;
import dev.millrace.devkit.sensors.Reading;
import dev.millrace.devkit.sensors.SensorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Machines that tell of themselves once a second: first the minutes before now, so that windows are full, then as time passes.
 * Remembers which record is which reading, for a result names the record that it was made of.
 */
final class Fleet {
    /** A bit more than the longest window. */
    private static final long HISTORY_MS = 320_000;

    private final Producer<String, String> producer;
    private final String topic;
    private final List<MachineStream> machines = new ArrayList<>();
    private final Map<Place, Reading> taken = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    /** Where a record stands in its topic. */
    record Place(int partition, long offset) {}

    Fleet(Producer<String, String> producer, String topic, int machines, long seed, long nowMs) {
        this.producer = producer;
        this.topic = topic;
        for (int i = 0; i < machines; i++) {
            // of a kind that the model has learned, and none that it has seen
            this.machines.add(
                    new MachineStream(seed, SensorSet.HELD_OUT + i, nowMs - HISTORY_MS, SensorSet.CALM_SECONDS));
        }
    }

    /** Sends what is due. Called on one thread. */
    void sendUntil(long nowMs) {
        for (MachineStream machine : machines) {
            while (machine.peekTs() <= nowMs) {
                send(machine.next());
            }
        }
    }

    private void send(Reading reading) {
        sent.incrementAndGet();
        producer.send(new ProducerRecord<>(topic, reading.machineId(), reading.toJson()), (metadata, e) -> {
            if (e == null) {
                taken.put(new Place(metadata.partition(), metadata.offset()), reading);
            } else {
                failed.incrementAndGet();
            }
        });
    }

    /** Readings given to Kafka; waits for nothing. */
    long sent() {
        return sent.get();
    }

    /** Of them, those that Kafka did not take. */
    long failed() {
        return failed.get();
    }

    /** By the record that holds it: all that Kafka has acknowledged. */
    Map<Place, Reading> taken() {
        return taken;
    }
}
