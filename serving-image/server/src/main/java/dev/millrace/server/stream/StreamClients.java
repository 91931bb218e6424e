package dev.millrace.server.stream;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.kafka.KafkaClientProperties;
import dev.millrace.server.kafka.TopicMissingException;
import dev.millrace.server.kafka.WrittenTopic;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer and the producer of a stream, from the first poll to the first failure: after any failure they are closed and
 * made anew, and go on at what is committed. Blocks: for the stream's own thread only.
 *
 * <p>A server that lost its partitions without knowing it cannot commit: its transaction carries its membership of the group
 * (KIP-447), and the brokers refuse an old one.
 */
final class StreamClients implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamClients.class);
    private static final int TIMEOUT_MS = 5_000;
    /** Partitions of a server that is killed are another's after this; brokers allow no less. */
    private static final int SESSION_MS = 6_000;
    /** What a killed server left open keeps readers of its results waiting no longer. */
    private static final int TRANSACTION_MS = 10_000;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    /** Between two questions to the brokers while nothing comes. */
    private static final long PROOF_NANOS = 2_000_000_000L;

    private static final Duration PROOF = Duration.ofSeconds(3);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final String input;
    private long proven = System.nanoTime();

    private StreamClients(
            KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer, String input) {
        this.consumer = consumer;
        this.producer = producer;
        this.input = input;
    }

    /**
     * @param transactionalId another server's that has it is fenced: its open transaction is aborted at once
     * @throws TopicMissingException naming the field and the topic
     * @throws KafkaException when the brokers do not answer, or refuse
     */
    static StreamClients open(Kafka kafka, ServingConfig.StreamInference spec, String transactionalId)
            throws TopicMissingException, InterruptedException {
        Map<String, Object> client = KafkaClientProperties.of(kafka);
        KafkaConsumer<byte[], byte[]> consumer = consumer(client, spec.group());
        KafkaProducer<byte[], byte[]> producer = null;
        try {
            List<PartitionInfo> partitions = consumer.partitionsFor(spec.input());
            if (partitions == null || partitions.isEmpty()) {
                throw new TopicMissingException("streamInference.input.topic: '" + spec.input() + "' is not on "
                        + kafka.bootstrapServers() + ": create it, or correct the name");
            }
            WrittenTopic.ensure(client, "streamInference.output.topic", spec.output(), Optional.of(partitions.size()));
            WrittenTopic.ensure(client, "streamInference.input.topic", spec.deadLetterTopic(), Optional.of(1));
            producer = producer(client, transactionalId);
            producer.initTransactions();
            consumer.subscribe(List.of(spec.input()));
            return new StreamClients(consumer, producer, spec.input());
        } catch (KafkaException | TopicMissingException | InterruptedException e) {
            close(consumer, producer);
            throw e;
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> client, String group) {
        Map<String, Object> s = new HashMap<>(client);
        s.put("client.id", "millrace-server-stream");
        s.put("group.id", group);
        s.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        s.put("enable.auto.commit", false);
        // every reading has a result, those from before the first start too
        s.put("auto.offset.reset", "earliest");
        s.put("allow.auto.create.topics", false);
        s.put("isolation.level", "read_committed");
        s.put("session.timeout.ms", SESSION_MS);
        s.put("heartbeat.interval.ms", SESSION_MS / 3);
        s.put("max.poll.records", 500);
        s.put("fetch.max.bytes", 4 << 20);
        s.put("request.timeout.ms", TIMEOUT_MS);
        s.put("default.api.timeout.ms", TIMEOUT_MS);
        s.put("reconnect.backoff.max.ms", 2_000);
        s.put("metadata.max.age.ms", 30_000);
        return new KafkaConsumer<>(s, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> client, String transactionalId) {
        Map<String, Object> s = new HashMap<>(client);
        s.put("client.id", "millrace-server-stream");
        s.put("transactional.id", transactionalId);
        s.put("transaction.timeout.ms", TRANSACTION_MS);
        s.put("acks", "all");
        // the commit sends what waits
        s.put("linger.ms", 5);
        s.put("max.block.ms", 2 * TIMEOUT_MS);
        s.put("request.timeout.ms", TIMEOUT_MS);
        s.put("delivery.timeout.ms", 3 * TIMEOUT_MS);
        s.put("buffer.memory", 16L << 20);
        // a dead letter is its reading and some headers
        s.put("max.request.size", 8 << 20);
        s.put("reconnect.backoff.max.ms", 2_000);
        return new KafkaProducer<>(s, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * What has come; waits a moment for it.
     *
     * @throws KafkaException when the brokers are away, which a poll alone does not tell
     */
    ConsumerRecords<byte[], byte[]> poll() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        long now = System.nanoTime();
        if (!records.isEmpty()) {
            proven = now;
        } else if (now - proven > PROOF_NANOS) {
            Set<TopicPartition> asked = new HashSet<>(consumer.assignment());
            asked.add(new TopicPartition(input, 0));
            consumer.endOffsets(asked, PROOF);
            proven = System.nanoTime();
        }
        return records;
    }

    /** The records come once more. */
    void rewind(ConsumerRecords<byte[], byte[]> records) {
        Set<TopicPartition> assigned = consumer.assignment();
        for (TopicPartition partition : records.partitions()) {
            if (assigned.contains(partition)) {
                consumer.seek(partition, records.records(partition).get(0).offset());
            }
        }
    }

    /**
     * All of them and the offsets behind the records they were made of, or nothing.
     *
     * @throws KafkaException when it is not known to be done: nothing more can be done with these clients
     */
    void commit(ConsumerRecords<byte[], byte[]> of, List<ProducerRecord<byte[], byte[]>> results) {
        producer.beginTransaction();
        try {
            // what fails of these fails the commit
            results.forEach(producer::send);
            producer.sendOffsetsToTransaction(of.nextOffsets(), consumer.groupMetadata());
            producer.commitTransaction();
        } catch (KafkaException e) {
            abort(e);
            throw e;
        }
    }

    private void abort(KafkaException why) {
        try {
            producer.abortTransaction();
        } catch (KafkaException | IllegalStateException e) {
            // fenced, or the brokers are away: whoever has the id next, or the transaction's timeout, ends it
            why.addSuppressed(e);
        }
    }

    /** How many partitions are this server's. */
    int partitions() {
        return consumer.assignment().size();
    }

    /** Records that were not polled yet; -1 = not known yet. */
    long lag() {
        long lag = 0;
        for (TopicPartition partition : consumer.assignment()) {
            var behind = consumer.currentLag(partition);
            if (behind.isEmpty()) {
                return -1;
            }
            lag += behind.getAsLong();
        }
        return lag;
    }

    @Override
    public void close() {
        close(consumer, producer);
    }

    private static void close(
            KafkaConsumer<byte[], byte[]> consumer, @Nullable KafkaProducer<byte[], byte[]> producer) {
        if (producer != null) {
            producer.close(CLOSE);
        }
        try {
            // leaves the group, so that others have the partitions at once
            consumer.close(CloseOptions.timeout(CLOSE));
        } catch (KafkaException e) {
            LOG.debug("the brokers are away: the membership ends by itself", e);
        }
    }
}
