package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.sink.RedisStoreClient;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreSink;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.ValueWrite;
import dev.millrace.aggregator.state.TileStores;
import dev.millrace.aggregator.stream.GroupTrouble.Reason;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.kafka.KafkaClientProperties;
import dev.millrace.contract.store.StoreKeys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Keeps one group's stream running: waits for what is missing, starts it, watches it, starts it again. Never gives up and
 * never ends the process; what is wrong stands in {@link #status}.
 */
public final class GroupRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupRunner.class);
    /** Between two questions where the partitions end: well below any useful maxLag. */
    private static final long SAMPLE_MS = 200;

    private static final long TOPIC_CHECK_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long UNAVAILABLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Duration CLOSE = Duration.ofSeconds(40);

    private final GroupDefinition definition;
    private final Kafka kafka;
    private final StoreConnections store;
    private final UnaryOperator<StoreClient> decorator;
    private final StreamMetrics metrics;
    private final Tuning tuning;
    private final int threads;
    private final String stateDir;
    private final TileStores stores;
    private final Thread supervisor;
    private final CountDownLatch stop = new CountDownLatch(1);

    private final ConcurrentMap<Integer, PartitionView> views = new ConcurrentHashMap<>();
    private final Set<TopicPartition> sampled = ConcurrentHashMap.newKeySet();
    private volatile @Nullable GroupTrouble trouble;
    private volatile @Nullable KafkaStreams streams;
    private volatile @Nullable BarrierClientSupplier clients;
    private final AtomicLong batchEndMs = new AtomicLong();
    private volatile int partitions;
    /** Of the topic as this process has read it; empty before. Supervisor only. */
    private String topicId = "";

    /** @param decorator of every connection to the store; tests make it slow */
    public GroupRunner(
            GroupDefinition definition,
            Kafka kafka,
            StoreConnections store,
            UnaryOperator<StoreClient> decorator,
            StreamMetrics metrics,
            Tuning tuning,
            int threads,
            String stateDir,
            TileStores stores) {
        this.definition = definition;
        this.kafka = kafka;
        this.store = store;
        this.decorator = decorator;
        this.metrics = metrics;
        this.tuning = tuning;
        this.threads = threads;
        this.stateDir = stateDir;
        this.stores = stores;
        this.supervisor = new Thread(this::supervise, "group-" + definition.revisionName());
    }

    public GroupRunner start() {
        supervisor.start();
        return this;
    }

    private void supervise() {
        try {
            do {
                try {
                    attempt();
                } catch (GroupTrouble e) {
                    report(e);
                } catch (StoreUnavailableException e) {
                    report(new GroupTrouble(Reason.FEATURE_STORE_UNAVAILABLE, String.valueOf(e.getMessage()), e));
                } catch (KafkaException e) {
                    report(new GroupTrouble(
                            Reason.KAFKA_UNAVAILABLE, "Kafka at " + kafka.bootstrapServers() + ": " + deepest(e), e));
                } catch (RuntimeException e) {
                    LOG.error("group {} failed", definition.revisionName(), e);
                    report(new GroupTrouble(Reason.STREAM_FAILED, String.valueOf(e), e));
                }
            } while (!stop.await(tuning.retry().toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(GroupTrouble next) {
        GroupTrouble before = trouble;
        if (before == null || before.reason() != next.reason()) {
            LOG.warn(
                    "group {}: {}: {}", definition.group().name(), next.reason().text(), next.getMessage());
        }
        trouble = next;
    }

    private void attempt() throws GroupTrouble, StoreUnavailableException, InterruptedException {
        Map<String, Object> properties = KafkaClientProperties.of(kafka);
        Admin admin = Admin.create(properties);
        try {
            Topics topics = new Topics(admin, kafka.bootstrapServers(), definition);
            Topics.Source source = topics.source();
            partitions = source.partitions();
            if (definition.rekeyed() && !topicId.isEmpty() && !topicId.equals(source.topicId())) {
                topics.forgetOffsets();
            }
            topicId = source.topicId();
            boolean restores = topics.prepare(source);
            StreamContext shared = new StreamContext(
                    source.topicId(),
                    source.partitions(),
                    storedEpoch() + 1,
                    new EndOffsetSampler(admin, definition.rekeyed()),
                    metrics,
                    tuning,
                    views,
                    batchEndMs,
                    new OvertakenStates(),
                    sampled);
            lookForBatchEnd();
            run(shared, topics, source, properties, restores);
        } finally {
            views.clear();
            sampled.clear();
            // without a bound it would wait for answers of a broker that is not there
            admin.close(Duration.ofMillis(500));
        }
    }

    /** The greatest epoch that the store has seen of this group; 0 for none. */
    private int storedEpoch() throws StoreUnavailableException {
        try (Jedis jedis = store.open()) {
            String epoch = jedis.hget(StoreKeys.meta(definition.ns()), "epoch:" + definition.revisionName());
            return epoch == null ? 0 : Integer.parseInt(epoch);
        } catch (JedisException | NumberFormatException e) {
            throw new StoreUnavailableException("store " + store.address() + ": " + deepest(e), e);
        }
    }

    private void run(
            StreamContext shared, Topics topics, Topics.Source source, Map<String, Object> properties, boolean restores)
            throws GroupTrouble, InterruptedException {
        BarrierClientSupplier supplier =
                new BarrierClientSupplier(this::startSink, tuning, RecordGate.of(definition.reader()));
        Properties settings = StreamsSettings.of(
                properties,
                definition.applicationId(),
                Math.max(1, Math.min(threads, source.partitions())),
                stateDir,
                definition.rekeyed(),
                stores.settings(source.partitions()),
                tuning);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        KafkaStreams running =
                new KafkaStreams(GroupTopology.of(definition, stores, shared, supplier::current), settings, supplier);
        running.setUncaughtExceptionHandler(e -> {
            failure.compareAndSet(null, e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        RestoreCounts restored = new RestoreCounts(metrics);
        running.setGlobalStateRestoreListener(restored);
        running.setStandbyUpdateListener(restored);
        clients = supplier;
        streams = running;
        if (!restores && stores.outlivesProcess()) {
            // what lies on this disk belongs to a changelog that is gone
            running.cleanUp();
        }
        try {
            running.start();
            trouble = null;
            watch(running, (EndOffsetSampler) shared.endOffsets(), topics, source, failure);
        } finally {
            running.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                    .withTimeout(CLOSE));
            streams = null;
            clients = null;
        }
    }

    private StoreSink startSink(String name) {
        StoreClient client = decorator.apply(
                new RedisStoreClient(store, StoreKeys.meta(definition.ns()), ValueWrite.of(definition.feast())));
        return new StoreSink(name, client, tuning.sinkCapacity(), metrics.sink()).start();
    }

    private void watch(
            KafkaStreams running,
            EndOffsetSampler sampler,
            Topics topics,
            Topics.Source source,
            AtomicReference<@Nullable Throwable> failure)
            throws GroupTrouble, InterruptedException {
        long answered = System.nanoTime();
        long checked = answered;
        while (!stop.await(SAMPLE_MS, TimeUnit.MILLISECONDS)) {
            Throwable failed = failure.get();
            if (failed != null || running.state() == KafkaStreams.State.ERROR) {
                LOG.error("group {}", definition.revisionName(), failed);
                // a topic that went away ends a stream: say that, not how Streams puts it
                topics.source();
                throw new GroupTrouble(Reason.STREAM_FAILED, failed == null ? "the stream ended" : deepest(failed));
            }
            long now = System.nanoTime();
            boolean ok = sampler.sample(List.copyOf(sampled));
            if (ok) {
                answered = now;
                trouble = null;
            } else if (now - answered > UNAVAILABLE_NANOS) {
                report(new GroupTrouble(
                        Reason.KAFKA_UNAVAILABLE, "Kafka at " + kafka.bootstrapServers() + " does not answer"));
            }
            if (now - checked > TOPIC_CHECK_NANOS) {
                checked = now;
                check(topics, source);
                lookForBatchEnd();
            }
        }
    }

    /** For a count alone: a store that does not answer is somebody else's to tell. */
    private void lookForBatchEnd() {
        if (definition.group().batch() == null) {
            return;
        }
        try (Jedis jedis = store.open()) {
            String end = jedis.hget(StoreKeys.meta(definition.ns()), "batchEnd:" + definition.revisionName());
            if (end != null) {
                batchEndMs.set(Long.parseLong(end));
            }
        } catch (StoreUnavailableException | JedisException | NumberFormatException e) {
            LOG.debug("end of the batch of {}", definition.revisionName(), e);
        }
    }

    private void check(Topics topics, Topics.Source source) throws GroupTrouble, InterruptedException {
        try {
            if (!topics.source().equals(source)) {
                throw new GroupTrouble(
                        Reason.STREAM_FAILED,
                        "topic '" + definition.stream().topic() + "' was changed, starting again");
            }
        } catch (GroupTrouble e) {
            if (e.reason() != Reason.KAFKA_UNAVAILABLE) {
                throw e;
            }
        }
    }

    /** How the group is now. */
    public GroupStatus status() {
        KafkaStreams running = streams;
        BarrierClientSupplier links = clients;
        return GroupStatus.of(
                definition,
                trouble,
                running == null ? null : running.state(),
                links == null ? null : links.storeTrouble(),
                links == null ? Map.of() : links.standing(),
                links == null ? null : links.busyPercent(),
                partitions,
                List.copyOf(views.values()));
    }

    /** Values that wait for the store. */
    public int queueDepth() {
        BarrierClientSupplier links = clients;
        return links == null ? 0 : links.depth();
    }

    private static String deepest(Throwable e) {
        Throwable inner = e;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
    }

    /** Drains, commits, leaves the group and ends; returns when done, after 45 s at most. */
    @Override
    public void close() {
        stop.countDown();
        try {
            supervisor.join(CLOSE.plusSeconds(5).toMillis());
            if (definition.schemas() != null) {
                definition.schemas().close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
