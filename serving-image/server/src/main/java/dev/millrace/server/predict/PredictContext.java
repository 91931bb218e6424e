package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.metrics.DriftMetrics;
import dev.millrace.server.metrics.FeatureMetrics;
import dev.millrace.server.metrics.ServerMetrics;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all event loops' pipelines share of one version. There are two of them: one for callers, and one for the warm-up, whose calls go
 * the very same way (a branch that only real calls take would be compiled anew with the first of them) and leave no trace.
 *
 * @param cache L1; null = none
 * @param entities L2; null = none
 * @param ranker null = each entity of a call has its own prediction
 * @param drift null = none
 * @param sink takes finished predictions; never blocks
 * @param wallClock ms since 1970
 */
public record PredictContext(
        ServingConfig config,
        VectorPlan plan,
        ThresholdRule threshold,
        Fallbacks fallbacks,
        @Nullable RequestCache cache,
        @Nullable EntityCache entities,
        @Nullable Ranker ranker,
        ServerMetrics metrics,
        FeatureMetrics featureMetrics,
        @Nullable DriftMetrics drift,
        PredictionSink sink,
        LongSupplier wallClock) {}
