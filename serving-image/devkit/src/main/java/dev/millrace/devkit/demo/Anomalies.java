package dev.millrace.devkit.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contract.kafka.OriginHeaders;
import dev.millrace.devkit.demo.Fleet.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Follows the topic of results as somebody who acts on anomalies would: what is committed, as soon as it can be read. */
final class Anomalies implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    /** A minute; beyond, a result is only late. */
    private static final long LONGEST_MS = 60_000;

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final Set<Place> of = ConcurrentHashMap.newKeySet();
    private final AtomicLong duplicates = new AtomicLong();
    private final Histogram latency = new Histogram(LONGEST_MS, 3);
    private volatile long measuredFromMs = Long.MAX_VALUE;
    private volatile @Nullable String failure;

    Anomalies(String bootstrapServers, String topic) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "earliest",
                        "fetch.min.bytes",
                        1),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
        consumer.assign(partitions);
        this.thread = new Thread(this::follow, "anomalies");
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        try {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    take(record, System.currentTimeMillis());
                }
            }
        } catch (WakeupException e) {
            // closed
            consumer.close();
        } catch (RuntimeException e) {
            failure = e.toString();
            consumer.close();
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, long nowMs) {
        Place place = new Place(
                Integer.parseInt(header(record, OriginHeaders.PARTITION)),
                Long.parseLong(header(record, OriginHeaders.OFFSET)));
        if (!of.add(place)) {
            duplicates.incrementAndGet();
        }
        // the time of a result's record is that of its reading's
        if (record.timestamp() >= measuredFromMs) {
            synchronized (latency) {
                latency.recordValue(Math.min(LONGEST_MS, Math.max(0, nowMs - record.timestamp())));
            }
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        if (header == null) {
            throw new IllegalStateException("a result has no header " + name);
        }
        return new String(header.value(), UTF_8);
    }

    /** Only results of later readings count for {@link #latencyMs}. */
    void measureFrom(long nowMs) {
        measuredFromMs = nowMs;
    }

    /** Readings that a result was read of. */
    Set<Place> of() {
        return of;
    }

    /** Results of readings that had one. */
    long duplicates() {
        return duplicates.get();
    }

    /** What stopped it; null = nothing did. */
    @Nullable
    String failure() {
        return failure;
    }

    /** From a reading's append to a consumer that has its result; null before the first one. */
    @Nullable
    Double latencyMs(double percentile) {
        synchronized (latency) {
            return latency.getTotalCount() == 0 ? null : (double) latency.getValueAtPercentile(percentile);
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
