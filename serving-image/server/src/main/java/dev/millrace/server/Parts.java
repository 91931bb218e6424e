package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.Freshness;
import dev.millrace.server.features.FreshnessMonitor;
import dev.millrace.server.log.PredictionLog;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.predict.PredictContext;
import dev.millrace.server.status.ServerState;
import org.jspecify.annotations.Nullable;

/**
 * What the process has once.
 *
 * @param rehearsalMetrics counts the warm-up's calls; nobody reads it
 * @param predict null = the spec has no features
 * @param rehearsal what the warm-up's predict calls use; null as {@code predict}
 * @param monitor null = no group to watch
 * @param log null = no logger in the spec
 * @param drift null = not in the spec
 */
record Parts(
        ServingConfig config,
        ServerState state,
        ServerMetrics metrics,
        ServerMetrics rehearsalMetrics,
        @Nullable PredictContext predict,
        @Nullable PredictContext rehearsal,
        @Nullable FreshnessMonitor monitor,
        @Nullable PredictionLog log,
        @Nullable DriftWatch drift,
        String warmupToken) {

    Freshness freshness() {
        return monitor == null ? Freshness.UNKNOWN : monitor.current();
    }
}
