package dev.millrace.aggregator.forward;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.ForwardConfig;
import dev.millrace.contract.kafka.KafkaClientProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads some records, sends them on, waits until the other side has them, and only then says locally how far it is. While
 * the link is down it waits with what it holds, for as long as that takes: the local topic is the buffer. A record is sent
 * twice only when the forwarder itself ends between the two.
 */
public final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int TIMEOUT_MS = 5_000;
    private static final long RETRY_MS = 1_000;
    /** Between two looks whether the topic has more partitions by now. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final ForwardConfig config;
    private final CountDownLatch stopping = new CountDownLatch(1);

    public Forwarder(ForwardConfig config) {
        this.config = config;
    }

    /** Returns after {@link #stop}. */
    public void run() throws InterruptedException {
        String told = "";
        while (stopping.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> from = consumer();
                    Sender to = new Sender(producer())) {
                follow(from, to);
                told = "";
            } catch (KafkaException | ConfigException e) {
                String what = String.valueOf(e.getMessage());
                if (!what.equals(told)) {
                    LOG.warn("{} is not forwarded: {}; trying again", config.topic(), what);
                    told = what;
                }
                stopping.await(RETRY_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** What it holds may be sent once more by the next one. */
    public void stop() {
        stopping.countDown();
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> s = new HashMap<>(KafkaClientProperties.of(config.from()));
        s.put("client.id", "millrace-forward");
        s.put("group.id", config.group());
        s.put("enable.auto.commit", false);
        s.put("auto.offset.reset", "earliest");
        s.put("allow.auto.create.topics", false);
        // results that were taken back never leave the machine
        s.put("isolation.level", "read_committed");
        s.put("max.poll.records", 500);
        s.put("fetch.max.bytes", 4 << 20);
        s.put("request.timeout.ms", TIMEOUT_MS);
        s.put("default.api.timeout.ms", TIMEOUT_MS);
        return new KafkaConsumer<>(s, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> s = new HashMap<>(KafkaClientProperties.of(config.to()));
        s.put("client.id", "millrace-forward");
        s.put("acks", "all");
        s.put("enable.idempotence", true);
        s.put("linger.ms", 20);
        s.put("compression.type", "gzip");
        s.put("max.block.ms", 1_000);
        s.put("request.timeout.ms", TIMEOUT_MS);
        // what is handed over is never given up: the link may be down for days
        s.put("delivery.timeout.ms", Integer.MAX_VALUE);
        s.put("reconnect.backoff.max.ms", 5_000);
        s.put("max.request.size", 8 << 20);
        return new KafkaProducer<>(s, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Until there are more partitions, or the end. Nobody shares the partitions: on an edge machine there is one forwarder. */
    private void follow(KafkaConsumer<byte[], byte[]> from, Sender to) throws InterruptedException {
        List<PartitionInfo> found = from.partitionsFor(config.topic());
        if (found == null || found.isEmpty()) {
            throw new KafkaException(
                    "topic '" + config.topic() + "' is not on " + config.from().bootstrapServers());
        }
        List<TopicPartition> partitions = found.stream()
                .map(p -> new TopicPartition(config.topic(), p.partition()))
                .toList();
        from.assign(partitions);
        long look = System.nanoTime() + LOOK_NANOS;
        while (stopping.getCount() > 0) {
            ConsumerRecords<byte[], byte[]> records = from.poll(POLL);
            if (!records.isEmpty()) {
                if (!to.deliver(records)) {
                    return;
                }
                from.commitSync(records.nextOffsets());
            } else if (System.nanoTime() > look) {
                if (from.listTopics().getOrDefault(config.topic(), List.of()).size() != partitions.size()) {
                    return;
                }
                look = System.nanoTime() + LOOK_NANOS;
            }
        }
    }

    /** The other side. Closed without waiting for what it holds: that was not committed. */
    private final class Sender implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer;

        Sender(KafkaProducer<byte[], byte[]> producer) {
            this.producer = producer;
        }

        /** True when all of them are there; false = it is to stop. */
        boolean deliver(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
            List<Future<RecordMetadata>> sent = new ArrayList<>(records.count());
            for (ConsumerRecord<byte[], byte[]> record : records) {
                Future<RecordMetadata> next = send(record);
                while (next == null) {
                    if (stopping.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                        return false;
                    }
                    next = send(record);
                }
                sent.add(next);
            }
            for (Future<RecordMetadata> future : sent) {
                while (!isDone(future)) {
                    if (stopping.getCount() == 0) {
                        return false;
                    }
                }
            }
            return true;
        }

        /** Null: it could not be taken, as nothing is known of the other side. */
        private @Nullable Future<RecordMetadata> send(ConsumerRecord<byte[], byte[]> record) {
            Future<RecordMetadata> future = producer.send(new ProducerRecord<>(
                    record.topic(),
                    null,
                    record.timestamp() < 0 ? null : record.timestamp(),
                    record.key(),
                    record.value(),
                    record.headers()));
            try {
                // a record that was not taken has failed already; one that was has not, within no time
                future.get(0, TimeUnit.MILLISECONDS);
                return future;
            } catch (TimeoutException e) {
                return future;
            } catch (ExecutionException e) {
                if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                    return null;
                }
                throw failed(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException(e);
            }
        }

        private boolean isDone(Future<RecordMetadata> future) throws InterruptedException {
            try {
                future.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                return false;
            } catch (ExecutionException e) {
                throw failed(e);
            }
        }

        private KafkaException failed(ExecutionException e) {
            return new KafkaException(
                    config.to().bootstrapServers() + ": " + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        }

        @Override
        public void close() {
            producer.close(CLOSE);
        }
    }
}
