package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.Freshness;
import dev.millrace.server.features.FreshnessMonitor;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.log.PredictionLog;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.prewarm.Prewarm;
import dev.millrace.server.sql.SqlReaders;
import dev.millrace.server.status.ServerState;
import dev.millrace.server.stream.StreamInference;
import org.jspecify.annotations.Nullable;

/**
 * What the process has once.
 *
 * @param config as it was at the start; {@code model} in it may have been replaced since, see {@link ModelVersion#config}
 * @param plan null = the spec has no features
 * @param monitor null = no group to watch
 * @param store what event loops make of it
 * @param sql null = no group has its values in a database
 * @param log null = no logger in the spec
 * @param prewarm null = nothing is computed in advance
 * @param stream null = no topic is scored
 */
record Parts(
        ServingConfig config,
        ServerState state,
        @Nullable VectorPlan plan,
        @Nullable FreshnessMonitor monitor,
        StoreWatch store,
        @Nullable SqlReaders sql,
        @Nullable PredictionLog log,
        @Nullable Prewarm prewarm,
        @Nullable StreamInference stream,
        Versions versions) {

    /** Of the version that answers; null = not in the spec. */
    @Nullable
    DriftWatch drift() {
        return versions.drift(state.version());
    }

    Freshness freshness() {
        return monitor == null ? Freshness.UNKNOWN : monitor.current();
    }
}
