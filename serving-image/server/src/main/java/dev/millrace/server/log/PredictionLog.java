package dev.millrace.server.log;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.feature.ValueHash;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.kafka.TopicMissingException;
import dev.millrace.server.metrics.LogMetrics;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.PredictionSink;
import dev.millrace.server.predict.Timings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queue, one sender thread, Kafka. {@code KafkaProducer.send} may block (for metadata, for buffer), so no event loop and no
 * instance ever calls it; a full queue drops its oldest record and counts it.
 */
public final class PredictionLog implements PredictionSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PredictionLog.class);
    /** Ten seconds at a thousand predictions a second; about 10 MB. */
    private static final int QUEUE = 10_000;

    private static final long RETRY_MS = 2_000;
    /** As long as a producer tries to deliver. */
    private static final long KEEP_NANOS = 15_000_000_000L;

    private static final Duration FLUSH = Duration.ofSeconds(3);

    private final String model;
    private final String variant;
    private final String topic;
    private final Kafka kafka;
    private final Connector connector;
    private final long sampled;
    private final Map<String, String> revisions;
    private final LogMetrics metrics;
    private final ArrayBlockingQueue<Queued> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Thread sender;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean lost;
    private volatile @Nullable Trouble trouble;

    /** Makes the connection to Kafka; asked again when it fails. */
    interface Connector {
        Producer<byte[], byte[]> connect() throws IOException, TopicMissingException, InterruptedException;
    }

    /**
     * Why records are lost.
     *
     * @param reason {@code KafkaUnavailable} or {@code TopicMissing}, for status
     */
    public record Trouble(String reason, String message) {}

    private record Queued(LogRecord record, long nanos) {}

    /** The spec must have a logger and Kafka. */
    public PredictionLog(
            ServingConfig config, ServingConfig.Logger spec, Kafka kafka, VectorPlan plan, LogMetrics metrics) {
        this(config, spec, kafka, plan, metrics, new KafkaConnector(kafka, spec.topic()));
    }

    PredictionLog(
            ServingConfig config,
            ServingConfig.Logger spec,
            Kafka kafka,
            VectorPlan plan,
            LogMetrics metrics,
            Connector connector) {
        this.connector = connector;
        this.model = config.name();
        this.variant = config.variant();
        this.topic = spec.topic();
        this.kafka = kafka;
        this.sampled = Math.round(spec.percent() * 100);
        this.revisions = plan.groups().stream()
                .collect(Collectors.toMap(GroupPlan::name, g -> g.group().revision()));
        this.metrics = metrics;
        this.sender = new Thread(this::run, "prediction-log");
        sender.setDaemon(true);
        sender.start();
    }

    @Override
    public void predicted(
            String entityKey,
            Map<String, String> entities,
            @Nullable FeatureVector vector,
            Prediction prediction,
            Timings timings,
            @Nullable String traceparent,
            String version,
            long timeMs) {
        if (!isSampled(entityKey, sampled)) {
            return;
        }
        LogRecord record =
                new LogRecord(entityKey, entities, vector, prediction, timings, traceparent, version, timeMs);
        Queued queued = new Queued(record, System.nanoTime());
        while (!queue.offer(queued)) {
            if (queue.poll() != null) {
                metrics.dropped(1);
            }
        }
    }

    /** Takes the warm-up's predictions: makes each record as the sender does and drops it. */
    public PredictionSink rehearsal() {
        return (entityKey, entities, vector, prediction, timings, traceparent, version, timeMs) -> {
            if (isSampled(entityKey, sampled)) {
                new LogRecord(entityKey, entities, vector, prediction, timings, traceparent, version, timeMs)
                        .json(model, variant, revisions);
            }
        };
    }

    /** By the entity, so that its history is logged always or never. {@code sampled}: of 10 000. */
    static boolean isSampled(String entityKey, long sampled) {
        return Long.remainderUnsigned(ValueHash.of(entityKey), 10_000) < sampled;
    }

    /** Why records are lost at the moment; null = they are not. */
    public @Nullable Trouble trouble() {
        return trouble;
    }

    private void run() {
        Producer<byte[], byte[]> producer = null;
        try {
            while (!isClosed() || !queue.isEmpty()) {
                if (producer == null) {
                    producer = connect();
                }
                if (producer == null) {
                    if (isClosed()) {
                        return;
                    }
                    dropOld();
                    // ends at once with the server
                    if (stopping.await(RETRY_MS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    continue;
                }
                Queued next = queue.poll(100, TimeUnit.MILLISECONDS);
                if (next != null) {
                    send(producer, next.record());
                    if (isClosed() && trouble != null) {
                        return;
                    }
                }
                if (lost) {
                    close(producer);
                    producer = null;
                    lost = false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.dropped(queue.size());
            if (producer != null) {
                close(producer);
            }
        }
    }

    private boolean isClosed() {
        return stopping.getCount() == 0;
    }

    private static void close(Producer<byte[], byte[]> producer) {
        producer.close(FLUSH);
    }

    private @Nullable Producer<byte[], byte[]> connect() throws InterruptedException {
        try {
            Producer<byte[], byte[]> producer = connector.connect();
            trouble = null;
            return producer;
        } catch (TopicMissingException e) {
            report(new Trouble("TopicMissing", e.getMessage() + "; the prediction log is lost"));
        } catch (KafkaException | ConfigException | IOException e) {
            // an address that does not resolve yet is no reason to give up: the broker may come later
            report(away(e));
        }
        return null;
    }

    /** A record that nobody could take for so long is counted, not kept: the queue is for those that come. */
    private void dropOld() {
        long now = System.nanoTime();
        long dropped = 0;
        for (Queued head = queue.peek();
                head != null && now - head.nanos() > KEEP_NANOS && queue.remove(head);
                head = queue.peek()) {
            dropped++;
        }
        metrics.dropped(dropped);
    }

    private void send(Producer<byte[], byte[]> producer, LogRecord record) {
        try {
            byte[] key = record.key().getBytes(StandardCharsets.UTF_8);
            byte[] value = record.json(model, variant, revisions);
            producer.send(new ProducerRecord<>(topic, key, value), (done, e) -> {
                if (e == null) {
                    trouble = null;
                    metrics.sent();
                } else if (e instanceof RetriableException || lost || isClosed()) {
                    // the broker or the topic may be gone: both are looked for anew; closing takes the rest with it
                    lost = true;
                    report(away(e));
                    metrics.dropped(1);
                } else {
                    report(away(e));
                    metrics.failed();
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            report(away(e));
            metrics.failed();
        }
    }

    private Trouble away(Exception e) {
        LOG.debug("prediction log", e);
        return new Trouble(
                "KafkaUnavailable",
                "kafka.bootstrapServers: " + kafka.bootstrapServers() + ": " + e.getMessage()
                        + "; the prediction log is lost");
    }

    private void report(Trouble now) {
        Trouble before = trouble;
        if (before == null || !before.reason().equals(now.reason())) {
            LOG.warn("{}: {}; trying again", now.reason(), now.message());
        }
        trouble = now;
    }

    /** Sends what is queued, for some seconds at most. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            sender.join(FLUSH.toMillis() * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
