package dev.millrace.server.log;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.feature.ValueHash;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.metrics.LogMetrics;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.PredictionSink;
import dev.millrace.server.predict.Timings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private final String model;
    private final String variant;
    private final String topic;
    private final Kafka kafka;
    private final Connector connector;
    private final long sampled;
    private final Map<String, String> revisions;
    private final LogMetrics metrics;
    private final ArrayBlockingQueue<LogRecord> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Thread sender;
    private volatile boolean closed;
    private volatile boolean away;

    /** Makes the connection to Kafka; asked again when it fails. */
    interface Connector {
        Producer<byte[], byte[]> connect() throws IOException;
    }

    /** The spec must have a logger and Kafka. */
    public PredictionLog(
            ServingConfig config, ServingConfig.Logger spec, Kafka kafka, VectorPlan plan, LogMetrics metrics) {
        this(
                config,
                spec,
                kafka,
                plan,
                metrics,
                () -> new KafkaProducer<>(
                        KafkaSettings.of(kafka), new ByteArraySerializer(), new ByteArraySerializer()));
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
        while (!queue.offer(record)) {
            if (queue.poll() != null) {
                metrics.dropped(1);
            }
        }
    }

    /** By the entity, so that its history is logged always or never. {@code sampled}: of 10 000. */
    static boolean isSampled(String entityKey, long sampled) {
        return Long.remainderUnsigned(ValueHash.of(entityKey), 10_000) < sampled;
    }

    /** The last attempt to reach Kafka failed. */
    public boolean isKafkaAway() {
        return away;
    }

    public String address() {
        return kafka.bootstrapServers();
    }

    private void run() {
        Producer<byte[], byte[]> producer = null;
        try {
            while (!closed || !queue.isEmpty()) {
                if (producer == null) {
                    producer = connect();
                }
                if (producer == null) {
                    if (closed) {
                        metrics.dropped(queue.size());
                        return;
                    }
                    TimeUnit.MILLISECONDS.sleep(RETRY_MS);
                    continue;
                }
                LogRecord record = queue.poll(100, TimeUnit.MILLISECONDS);
                if (record != null) {
                    send(producer, record);
                    if (closed && away) {
                        metrics.dropped(queue.size());
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (producer != null) {
                producer.close(FLUSH);
            }
        }
    }

    private @Nullable Producer<byte[], byte[]> connect() {
        try {
            return connector.connect();
        } catch (KafkaException | IOException e) {
            // an address that does not resolve yet is no reason to give up: the broker may come later
            failed(e);
            return null;
        }
    }

    private void send(Producer<byte[], byte[]> producer, LogRecord record) {
        try {
            byte[] key = record.key().getBytes(StandardCharsets.UTF_8);
            byte[] value = record.json(model, variant, revisions);
            producer.send(new ProducerRecord<>(topic, key, value), (done, e) -> {
                if (e == null) {
                    away = false;
                    metrics.sent();
                } else if (e instanceof TimeoutException) {
                    failed(e);
                    metrics.dropped(1);
                } else {
                    failed(e);
                    metrics.failed();
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            failed(e);
            metrics.failed();
        }
    }

    private void failed(Exception e) {
        if (!away) {
            LOG.warn("prediction log: Kafka at {}: {}; trying again", kafka.bootstrapServers(), e.getMessage());
        }
        away = true;
    }

    /** Sends what is queued, for some seconds at most. */
    @Override
    public void close() {
        closed = true;
        try {
            sender.join(FLUSH.toMillis() * 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
