package dev.millrace.server.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.kafka.OriginHeaders;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.kafka.TopicMissingException;
import dev.millrace.server.metrics.StreamMetrics;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.predict.Reason;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads, scores, writes, commits; one thread, one transaction at a time. Begins when the server is ready and stops reading when
 * it is not, so that nothing waits in a server that cannot score it.
 */
public final class StreamInference implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamInference.class);
    private static final long LOOK_MS = 100;
    private static final long SHORTEST_RETRY_MS = 200;
    private static final long LONGEST_RETRY_MS = 5_000;

    private final Kafka kafka;
    private final ServingConfig config;
    private final ServingConfig.StreamInference spec;
    private final BooleanSupplier ready;
    private final Supplier<ModelVersion> current;
    private final StreamMetrics metrics;
    private final Results results;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private volatile List<PredictService> loops = List.of();
    private volatile @Nullable Trouble trouble;
    private volatile boolean running;
    private volatile int partitions;
    private volatile long caughtUp = System.nanoTime();
    private String transactionalId;

    /**
     * Why nothing is scored.
     *
     * @param reason {@code ModelUnavailable}, {@code KafkaUnavailable} or {@code TopicMissing}, for status
     */
    public record Trouble(String reason, String message) {}

    /**
     * @param ready whether the server has a model that answers
     * @param current the version that answers, held until it is released
     * @throws ConfigException when {@code only} does not compile
     */
    public StreamInference(
            Kafka kafka,
            ServingConfig config,
            ServingConfig.StreamInference spec,
            VectorPlan plan,
            BooleanSupplier ready,
            Supplier<ModelVersion> current,
            StreamMetrics metrics) {
        this.kafka = kafka;
        this.config = config;
        this.spec = spec;
        this.ready = ready;
        this.current = current;
        this.metrics = metrics;
        this.results = new Results(config, spec, plan);
        this.transactionalId = TransactionalIds.of(spec.group(), config.server().restPort());
        this.thread = new Thread(this::run, "stream-inference");
        thread.setDaemon(true);
        metrics.lagSeconds(() -> running && partitions == 0 ? 0 : (System.nanoTime() - caughtUp) / 1e9);
    }

    /** Begins; {@code services}: where readings are scored. */
    public void start(List<PredictService> services) {
        loops = List.copyOf(services);
        thread.start();
    }

    /** Null = nothing is wrong. */
    public @Nullable Trouble trouble() {
        return trouble;
    }

    /** For {@code /millrace/status}. */
    public ServerStatus.Stream status() {
        Trouble now = trouble;
        return new ServerStatus.Stream(
                running && now == null ? "Running" : "Waiting",
                now == null ? null : now.reason(),
                now == null ? null : now.message(),
                partitions);
    }

    private void run() {
        Scorer scorer = new Scorer(config, current, loops, stopping);
        long retry = SHORTEST_RETRY_MS;
        try {
            while (stopping.getCount() > 0) {
                if (!ready.getAsBoolean()) {
                    stopping.await(LOOK_MS, TimeUnit.MILLISECONDS);
                    continue;
                }
                long begin = System.nanoTime();
                try (StreamClients clients = StreamClients.open(kafka, spec, transactionalId)) {
                    opened();
                    while (stopping.getCount() > 0 && ready.getAsBoolean()) {
                        step(clients, scorer);
                    }
                } catch (TopicMissingException e) {
                    report(new Trouble("TopicMissing", e.getMessage() + "; nothing is scored"));
                } catch (KafkaException | ConfigException e) {
                    failed(e);
                } finally {
                    running = false;
                    partitions = 0;
                    metrics.assigned(0, 0);
                }
                boolean worked = System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(30);
                retry = worked ? SHORTEST_RETRY_MS : Math.min(LONGEST_RETRY_MS, 2 * retry);
                if (trouble != null) {
                    stopping.await(retry, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("nothing more is scored", e);
            report(new Trouble("ModelUnavailable", "streamInference: " + e + "; nothing more is scored"));
        }
    }

    private void opened() {
        Trouble before = trouble;
        if (before != null) {
            LOG.info("{} is scored again", spec.input());
        }
        trouble = null;
        running = true;
    }

    private void failed(Exception e) {
        LOG.debug("stream inference", e);
        if (e instanceof ProducerFencedException || e instanceof InvalidProducerEpochException) {
            // another process takes itself for this one: from here on there is no mistaking
            transactionalId = spec.group() + "-" + UUID.randomUUID();
        }
        report(new Trouble(
                "KafkaUnavailable",
                "kafka.bootstrapServers: " + kafka.bootstrapServers() + ": " + e.getMessage() + "; the readings of '"
                        + spec.input() + "' wait"));
    }

    private void report(Trouble now) {
        Trouble before = trouble;
        if (before == null || !before.reason().equals(now.reason())) {
            LOG.warn("{}: {}; trying again", now.reason(), now.message());
        }
        trouble = now;
    }

    private void step(StreamClients clients, Scorer scorer) throws InterruptedException {
        ConsumerRecords<byte[], byte[]> records = clients.poll();
        if (!records.isEmpty()) {
            Results.Batch batch = results.of(records, scorer);
            if (batch == null) {
                clients.rewind(records);
                waits(scorer.trouble());
                return;
            }
            commit(clients, records, batch);
        }
        trouble = null;
        int own = clients.partitions();
        long behind = clients.lag();
        partitions = own;
        metrics.assigned(own, Math.max(0, behind));
        if (behind == 0) {
            caughtUp = System.nanoTime();
        }
    }

    private void waits(@Nullable Reason why) {
        if (stopping.getCount() > 0) {
            report(new Trouble(
                    "ModelUnavailable",
                    "streamInference: readings of '" + spec.input() + "' wait: "
                            + (why == null ? Reason.ModelUnavailable : why).text()));
        }
    }

    private void commit(StreamClients clients, ConsumerRecords<byte[], byte[]> records, Results.Batch batch) {
        try {
            clients.commit(records, batch.records());
        } catch (KafkaException e) {
            metrics.aborted();
            throw e;
        }
        metrics.committed(batch.scored(), batch.filtered(), batch.dead());
        long now = System.currentTimeMillis();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            metrics.result(Math.max(0, now - record.timestamp()) / 1000.0);
        }
    }

    /** What is being scored is committed; what is not read yet is left to others. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
            if (thread.isAlive()) {
                LOG.warn("stopping: the last readings of {} are not committed; they are scored again", spec.input());
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The place of a record, for the headers of what is made of it. */
    static void place(ConsumerRecord<byte[], byte[]> record, Headers to) {
        to.add(OriginHeaders.TOPIC, record.topic().getBytes(UTF_8));
        to.add(OriginHeaders.PARTITION, Integer.toString(record.partition()).getBytes(UTF_8));
        to.add(OriginHeaders.OFFSET, Long.toString(record.offset()).getBytes(UTF_8));
    }
}
