package dev.millrace.server;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.Freshness;
import dev.millrace.server.features.FreshnessMonitor;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.log.PredictionLog;
import dev.millrace.server.metrics.FeatureMetrics;
import dev.millrace.server.metrics.LogMetrics;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.predict.Fallbacks;
import dev.millrace.server.predict.PredictContext;
import dev.millrace.server.predict.PredictionSink;
import dev.millrace.server.predict.RequestCache;
import dev.millrace.server.predict.ThresholdRule;
import dev.millrace.server.status.ServerState;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes the parts of a server from its document. */
final class PartsFactory {
    /** A third of the finest slice, so that none is missed. */
    private static final long MARK_MS = 5_000;

    private PartsFactory() {}

    /**
     * @throws ConfigException naming the field that cannot be honoured
     */
    static Parts create(Vertx vertx, ServingConfig config) {
        ServerState state = new ServerState();
        ServerMetrics metrics = new ServerMetrics(config);
        ServerMetrics unread = new ServerMetrics(config);
        byte[] token = new byte[16];
        new SecureRandom().nextBytes(token);
        String warmupToken = HexFormat.of().formatHex(token);
        vertx.setPeriodic(MARK_MS, t -> metrics.sli().mark());
        ServingConfig.Features features = config.features();
        if (features == null) {
            return new Parts(config, state, metrics, unread, null, null, null, null, null, warmupToken);
        }
        VectorPlan plan = VectorPlan.of(features);
        FreshnessMonitor monitor = plan.groups().isEmpty()
                ? null
                : new FreshnessMonitor(vertx, features.store(), plan, StoreKeys.ns(config.namespace(), config.name()));
        PredictionLog log = log(config, plan, metrics);
        DriftWatch drift = DriftWatch.of(config.drift(), plan, metrics, unread);
        if (drift != null) {
            vertx.setPeriodic(MARK_MS, t -> drift.mark());
        }
        PredictContext predict = new PredictContext(
                config,
                plan,
                state::model,
                new ThresholdRule(config.threshold()),
                new Fallbacks(config.fallback(), metrics::skippedPreviousVersion),
                RequestCache.of(config.requestCache()),
                metrics,
                featureMetrics(metrics, plan, monitor),
                drift == null ? null : drift.counted(),
                log == null ? PredictionSink.NONE : log,
                System::currentTimeMillis);
        PredictContext rehearsal = new PredictContext(
                config,
                plan,
                predict.model(),
                predict.threshold(),
                new Fallbacks(config.fallback(), unread::skippedPreviousVersion),
                // it would answer all but the first of calls that are alike
                null,
                unread,
                featureMetrics(unread, plan, monitor),
                drift == null ? null : drift.rehearsed(),
                log == null ? PredictionSink.NONE : log.rehearsal(),
                predict.wallClock());
        return new Parts(config, state, metrics, unread, predict, rehearsal, monitor, log, drift, warmupToken);
    }

    private static @Nullable PredictionLog log(ServingConfig config, VectorPlan plan, ServerMetrics metrics) {
        ServingConfig.Logger spec = config.logger();
        Kafka kafka = config.kafka();
        if (spec == null) {
            return null;
        }
        if (kafka == null) {
            throw new ConfigException("logger: needs kafka.bootstrapServers");
        }
        return new PredictionLog(config, spec, kafka, plan, new LogMetrics(metrics));
    }

    private static FeatureMetrics featureMetrics(
            ServerMetrics metrics, VectorPlan plan, @Nullable FreshnessMonitor monitor) {
        List<String> names = plan.groups().stream().map(GroupPlan::name).toList();
        Supplier<Freshness> freshness = () -> monitor == null ? Freshness.UNKNOWN : monitor.current();
        return new FeatureMetrics(
                metrics,
                names,
                out -> freshness
                        .get()
                        .batchAges(plan.groups(), System.currentTimeMillis())
                        .forEach((group, ms) -> out.accept(ms / 1000.0, new String[] {group})),
                () -> freshness.get().batchRuns(plan.groups()));
    }
}
