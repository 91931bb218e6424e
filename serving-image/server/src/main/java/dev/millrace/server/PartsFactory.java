package dev.millrace.server;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.server.features.FreshnessMonitor;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.log.PredictionLog;
import dev.millrace.server.metrics.LogMetrics;
import dev.millrace.server.metrics.PrewarmMetrics;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.metrics.StoreMetrics;
import dev.millrace.server.metrics.StreamMetrics;
import dev.millrace.server.prewarm.Prewarm;
import dev.millrace.server.protocol.PredictJson;
import dev.millrace.server.sql.SqlReaders;
import dev.millrace.server.status.ServerState;
import dev.millrace.server.stream.StreamInference;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/** Makes the parts of a server from its document. */
final class PartsFactory {
    /** A third of the finest slice, so that none is missed. */
    private static final long MARK_MS = 5_000;

    private PartsFactory() {}

    /** A part of the document that would be ignored is an error. */
    private static void checkSupported(ServingConfig config) {
        if (config.httpCache() != null && config.features() == null) {
            throw new ConfigException("httpCache: serves predictions by entity; needs features");
        }
        if (config.entityCache() != null && config.entityCache().prewarm() != null) {
            if (config.features() == null) {
                throw new ConfigException("entityCache.prewarm: computes predictions by entity; needs features");
            }
            if (config.kafka() == null) {
                throw new ConfigException("entityCache.prewarm: needs kafka.bootstrapServers");
            }
        }
        if (config.streamInference() != null) {
            if (config.features() == null || config.candidates() != null) {
                throw new ConfigException(
                        "streamInference: a reading is one row of entity and request fields; needs features,"
                                + " and no candidates");
            }
            if (config.kafka() == null) {
                throw new ConfigException("streamInference: needs kafka.bootstrapServers");
            }
        }
        if ((config.candidates() == null) != (config.ranking() == null)) {
            throw new ConfigException("candidates and ranking need each other: give both or none");
        }
        if (config.candidates() != null && config.features() == null) {
            throw new ConfigException("candidates: need features");
        }
    }

    /**
     * @throws ConfigException naming the field that cannot be honoured
     */
    static Parts create(Vertx vertx, ServingConfig config) {
        checkSupported(config);
        ServerState state = new ServerState();
        ServerMetrics metrics = new ServerMetrics(config);
        ServingConfig.Features features = config.features();
        VectorPlan plan = features == null ? null : VectorPlan.of(features, config.candidates(), config.ranking());
        FreshnessMonitor monitor = features == null || plan == null || !plan.readsStore()
                ? null
                : new FreshnessMonitor(vertx, features.store(), plan, StoreKeys.ns(config.namespace(), config.name()));
        StoreMetrics storeMetrics = new StoreMetrics(metrics, StoreWatch.STATES);
        StoreWatch store =
                new StoreWatch(features == null ? null : features.store().address(), storeMetrics);
        SqlReaders sql = plan == null ? null : SqlReaders.of(vertx, plan, metrics);
        LogMetrics logMetrics = new LogMetrics(metrics);
        PredictionLog log = plan == null ? null : log(config, plan, logMetrics);
        ServingConfig.EntityCache entities = config.entityCache();
        ServingConfig.Prewarm popular = entities == null ? null : entities.prewarm();
        PrewarmMetrics prewarmMetrics = popular == null ? null : new PrewarmMetrics(metrics);
        ServingConfig.StreamInference topic = config.streamInference();
        StreamMetrics streamMetrics = topic == null ? null : new StreamMetrics(metrics);
        Versions versions = new Versions(
                config,
                metrics,
                plan,
                monitor,
                log,
                logMetrics,
                prewarmMetrics,
                streamMetrics,
                storeMetrics,
                store,
                sql);
        state.serve(versions.first(config));
        vertx.setPeriodic(MARK_MS, t -> {
            state.version().metrics().sli().mark();
            DriftWatch drift = versions.drift(state.version());
            if (drift != null) {
                drift.mark();
            }
        });
        Kafka kafka = config.kafka();
        Prewarm prewarm = popular == null || kafka == null || prewarmMetrics == null
                ? null
                : new Prewarm(kafka, popular, PredictJson::decode, () -> state.hold(null), prewarmMetrics);
        StreamInference stream = topic == null || kafka == null || plan == null || streamMetrics == null
                ? null
                : new StreamInference(
                        kafka,
                        config,
                        topic,
                        plan,
                        () -> state.isReady() && state.model() != null,
                        () -> state.hold(null),
                        streamMetrics);
        return new Parts(config, state, plan, monitor, store, sql, log, prewarm, stream, versions);
    }

    private static @Nullable PredictionLog log(ServingConfig config, VectorPlan plan, LogMetrics metrics) {
        ServingConfig.Logger spec = config.logger();
        Kafka kafka = config.kafka();
        if (spec == null) {
            return null;
        }
        if (kafka == null) {
            throw new ConfigException("logger: needs kafka.bootstrapServers");
        }
        return new PredictionLog(config, spec, kafka, plan, metrics);
    }
}
