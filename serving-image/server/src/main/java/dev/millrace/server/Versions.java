package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.Freshness;
import dev.millrace.server.features.FreshnessMonitor;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.log.PredictionLog;
import dev.millrace.server.metrics.FeatureMetrics;
import dev.millrace.server.metrics.LogMetrics;
import dev.millrace.server.metrics.PrewarmMetrics;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.metrics.StoreMetrics;
import dev.millrace.server.metrics.StreamMetrics;
import dev.millrace.server.predict.EntityCache;
import dev.millrace.server.predict.Fallbacks;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.ModelVersion.Side;
import dev.millrace.server.predict.PredictContext;
import dev.millrace.server.predict.PredictionSink;
import dev.millrace.server.predict.Ranker;
import dev.millrace.server.predict.RequestCache;
import dev.millrace.server.predict.ThresholdRule;
import dev.millrace.server.sql.SqlReaders;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes what is counted and remembered for a version of the model, beside that of the versions before it. */
final class Versions {
    private final ServerMetrics metrics;
    private final ServerMetrics unread;
    private final @Nullable VectorPlan plan;
    private final @Nullable FreshnessMonitor monitor;
    private final @Nullable PredictionLog log;
    private final LogMetrics logMetrics;
    private final @Nullable PrewarmMetrics prewarmMetrics;
    private final @Nullable StreamMetrics streamMetrics;
    private final StoreMetrics storeMetrics;
    private final StoreWatch store;
    private final @Nullable SqlReaders sql;
    private final @Nullable FeatureMetrics unreadFeatures;
    private final Map<ModelVersion, DriftWatch> watches = new ConcurrentHashMap<>();
    private final Fallbacks fallbacks;
    private final Fallbacks unreadFallbacks;
    private final Fallbacks patientFallbacks;

    /**
     * @param metrics of the first version
     */
    Versions(
            ServingConfig config,
            ServerMetrics metrics,
            @Nullable VectorPlan plan,
            @Nullable FreshnessMonitor monitor,
            @Nullable PredictionLog log,
            LogMetrics logMetrics,
            @Nullable PrewarmMetrics prewarmMetrics,
            @Nullable StreamMetrics streamMetrics,
            StoreMetrics storeMetrics,
            StoreWatch store,
            @Nullable SqlReaders sql) {
        this.metrics = metrics;
        this.sql = sql;
        this.storeMetrics = storeMetrics;
        this.store = store;
        // counts the warm-up's calls, of every version; nobody reads it
        this.unread = new ServerMetrics(config);
        this.plan = plan;
        this.monitor = monitor;
        this.log = log;
        this.logMetrics = logMetrics;
        this.prewarmMetrics = prewarmMetrics;
        this.streamMetrics = streamMetrics;
        this.unreadFeatures = plan == null ? null : featureMetrics(unread, plan, monitor, store);
        // the last known answers are those of any version
        this.fallbacks = new Fallbacks(config.fallback());
        this.unreadFallbacks = new Fallbacks(config.fallback());
        this.patientFallbacks = fallbacks.patient();
    }

    /** The version that the process starts with. */
    ModelVersion first(ServingConfig config) {
        return create(config, metrics);
    }

    /** Another one. */
    ModelVersion create(ServingConfig config) {
        return create(config, metrics.forVersion(config));
    }

    /** {@code next} is served in the place of {@code before}. */
    void handOver(ModelVersion before, ModelVersion next) {
        logMetrics.follow(next.metrics());
        if (prewarmMetrics != null) {
            prewarmMetrics.follow(next.metrics());
        }
        if (streamMetrics != null) {
            streamMetrics.follow(next.metrics());
        }
        storeMetrics.follow(next.metrics());
        if (sql != null) {
            sql.follow(next.metrics());
        }
        before.metrics().ready(false);
    }

    /** Null = not in the spec, or no caller is answered by the version any more. */
    @Nullable
    DriftWatch drift(ModelVersion version) {
        return watches.get(version);
    }

    /** No caller is answered by it (any more). */
    void gone(ModelVersion version) {
        watches.remove(version);
    }

    private ModelVersion create(ServingConfig config, ServerMetrics counted) {
        VectorPlan vector = plan;
        FeatureMetrics rehearsed = unreadFeatures;
        if (vector == null || rehearsed == null) {
            return new ModelVersion(config, new Side(counted, null), new Side(unread, null));
        }
        if (sql != null) {
            sql.show(counted);
        }
        DriftWatch drift = DriftWatch.of(config.drift(), vector, counted, unread);
        Ranker ranker = config.ranking() == null ? null : new Ranker(config.ranking(), vector);
        PredictContext predict = new PredictContext(
                config,
                vector,
                new ThresholdRule(config.threshold()),
                fallbacks,
                RequestCache.of(config.requestCache()),
                EntityCache.of(config.entityCache()),
                ranker,
                counted,
                featureMetrics(counted, vector, monitor, store),
                drift == null ? null : drift.counted(),
                log == null ? PredictionSink.NONE : log,
                System::currentTimeMillis);
        PredictContext rehearsal = new PredictContext(
                config,
                vector,
                predict.threshold(),
                unreadFallbacks,
                // they would answer all but the first of calls that are alike
                null,
                null,
                ranker,
                unread,
                rehearsed,
                drift == null ? null : drift.rehearsed(),
                log == null ? PredictionSink.NONE : log.rehearsal(),
                predict.wallClock());
        ModelVersion version = new ModelVersion(
                config,
                new Side(counted, predict),
                new Side(unread, rehearsal),
                filling(predict, rehearsed),
                streaming(predict));
        if (drift != null) {
            watches.put(version, drift);
        }
        return version;
    }

    /** Its answers are those that callers get; that they were computed nobody counts, logs or takes for traffic. */
    private @Nullable PredictContext filling(PredictContext predict, FeatureMetrics uncounted) {
        EntityCache entities = predict.entities();
        return prewarmMetrics == null || entities == null
                ? null
                : new PredictContext(
                        predict.config(),
                        predict.plan(),
                        predict.threshold(),
                        fallbacks,
                        null,
                        entities.filling(),
                        predict.ranker(),
                        unread,
                        uncounted,
                        null,
                        PredictionSink.NONE,
                        predict.wallClock());
    }

    /** What a topic's readings are is traffic; but nobody waits for them, and none is answered by another's answer. */
    private @Nullable PredictContext streaming(PredictContext predict) {
        return streamMetrics == null
                ? null
                : new PredictContext(
                        predict.config(),
                        predict.plan(),
                        predict.threshold(),
                        patientFallbacks,
                        null,
                        null,
                        null,
                        predict.metrics(),
                        predict.featureMetrics(),
                        predict.drift(),
                        predict.sink(),
                        predict.wallClock());
    }

    private static FeatureMetrics featureMetrics(
            ServerMetrics metrics, VectorPlan plan, @Nullable FreshnessMonitor monitor, StoreWatch store) {
        List<String> names = plan.groups().stream().map(GroupPlan::name).toList();
        Supplier<Freshness> freshness = () -> monitor == null ? Freshness.UNKNOWN : monitor.current();
        return new FeatureMetrics(
                metrics,
                names,
                out -> freshness
                        .get()
                        .batchAges(plan.groups(), System.currentTimeMillis())
                        .forEach((group, ms) -> out.accept(ms / 1000.0, new String[] {group})),
                () -> freshness.get().batchRuns(plan.groups()),
                out -> {
                    out.accept((double) store.open(), new String[] {StoreWatch.OPEN});
                    out.accept((double) store.halfOpen(), new String[] {StoreWatch.HALF_OPEN});
                });
    }
}
