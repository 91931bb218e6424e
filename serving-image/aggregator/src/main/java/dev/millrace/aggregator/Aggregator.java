package dev.millrace.aggregator;

import dev.millrace.aggregator.http.AggregatorMetrics;
import dev.millrace.aggregator.http.MetricsServer;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.state.TileStores;
import dev.millrace.aggregator.stream.GroupDefinition;
import dev.millrace.aggregator.stream.GroupRunner;
import dev.millrace.aggregator.stream.GroupStatus;
import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.status.AggregatorStatus;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** All stream groups of one model, with their metrics port. */
public final class Aggregator implements AutoCloseable {
    private final List<GroupRunner> runners;
    private final MetricsServer server;
    private final TileStores stores;

    private Aggregator(List<GroupRunner> runners, MetricsServer server, TileStores stores) {
        this.runners = runners;
        this.server = server;
        this.stores = stores;
    }

    /**
     * Starts, and returns once the metrics port listens; the streams come up by themselves.
     *
     * @throws ConfigException naming the field that cannot be honoured
     * @throws IOException when the metrics port is taken
     */
    public static Aggregator start(AggregatorConfig config) throws IOException {
        return start(config, Tuning.defaults(), UnaryOperator.identity());
    }

    /** @param decorator of every connection to the store; tests make it slow */
    public static Aggregator start(AggregatorConfig config, Tuning tuning, UnaryOperator<StoreClient> decorator)
            throws IOException {
        Kafka kafka = config.kafka();
        List<FeatureGroup> groups =
                config.groups().stream().filter(g -> g.stream() != null).toList();
        if (kafka == null && !groups.isEmpty()) {
            throw new ConfigException(
                    "kafka: is missing, and group " + groups.get(0).name() + " needs it");
        }
        StoreConnections store = new StoreConnections(config.store());
        TileStores stores = TileStores.of(config);
        AggregatorMetrics metrics = new AggregatorMetrics(config.namespace(), config.name());
        int threads =
                config.threads() > 0 ? config.threads() : Runtime.getRuntime().availableProcessors();
        List<GroupRunner> runners = groups.stream()
                .map(group -> new GroupRunner(
                        GroupDefinition.of(config, group),
                        java.util.Objects.requireNonNull(kafka),
                        store,
                        decorator,
                        metrics.forGroup(group.name()),
                        tuning,
                        threads,
                        config.stateDir(),
                        stores))
                .toList();
        metrics.observe(
                () -> runners.stream().map(GroupRunner::status).toList(),
                () -> runners.stream().mapToInt(GroupRunner::queueDepth).sum(),
                stores::usage);
        MetricsServer server = new MetricsServer(
                config.host(), config.metricsPort(), metrics.registry(), () -> status(runners), () -> runners.stream()
                        .allMatch(r -> r.status().state() == GroupStatus.State.RUNNING));
        runners.forEach(GroupRunner::start);
        return new Aggregator(runners, server, stores);
    }

    private static AggregatorStatus status(List<GroupRunner> runners) {
        long now = System.currentTimeMillis();
        List<GroupStatus> all = runners.stream().map(GroupRunner::status).toList();
        GroupStatus.State worst = all.stream()
                .map(GroupStatus::state)
                .max(Comparator.naturalOrder())
                .orElse(GroupStatus.State.RUNNING);
        GroupStatus wrong = all.stream()
                .filter(group -> group.reason() != null)
                .max(Comparator.comparing(GroupStatus::state))
                .orElse(null);
        return new AggregatorStatus(
                worst.text(),
                wrong == null ? null : wrong.reason(),
                wrong == null ? null : wrong.message(),
                all.stream()
                        .map(group -> new AggregatorStatus.StreamGroup(
                                group.group(),
                                group.revision(),
                                group.topic(),
                                group.partitions(),
                                group.views().size(),
                                group.lagMs(now),
                                group.reason(),
                                group.rehydratedPercent(),
                                group.busyPercent(),
                                group.maxLagMs()))
                        .toList());
    }

    /** As {@code /millrace/status} tells it. */
    public AggregatorStatus status() {
        return status(runners);
    }

    public int metricsPort() {
        return server.port();
    }

    /** Drains the store's queues, commits, leaves the groups. */
    @Override
    public void close() {
        List<Thread> closing = runners.stream()
                .map(runner -> new Thread(runner::close, "close"))
                .toList();
        closing.forEach(Thread::start);
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        // after everybody who looks at what it holds
        server.close();
        stores.close();
    }
}
