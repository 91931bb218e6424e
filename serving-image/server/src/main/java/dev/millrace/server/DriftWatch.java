package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig.Drift;
import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.metrics.DriftMetrics;
import dev.millrace.server.metrics.ServerMetrics;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came of {@code monitoring.drift}: what is counted, or why nothing is. Drift informs; it must not keep a model from
 * serving.
 *
 * @param counted null with a problem
 * @param rehearsed what the warm-up's calls count; nobody reads it
 */
record DriftWatch(
        double threshold, @Nullable DriftMetrics counted, @Nullable DriftMetrics rehearsed, @Nullable String problem) {
    private static final Logger LOG = LoggerFactory.getLogger(DriftWatch.class);

    static @Nullable DriftWatch of(@Nullable Drift spec, VectorPlan plan, ServerMetrics metrics, ServerMetrics unread) {
        if (spec == null) {
            return null;
        }
        try {
            Map<String, DriftReference> baseline = DriftBaseline.read(spec.baselinePath());
            if (plan.names().stream().noneMatch(baseline::containsKey)) {
                throw new IllegalArgumentException(spec.baselinePath() + " names no entry of features.vector");
            }
            return new DriftWatch(
                    spec.threshold(),
                    new DriftMetrics(metrics, plan.names(), baseline, spec.maxFeatures()),
                    new DriftMetrics(unread, plan.names(), baseline, spec.maxFeatures()),
                    null);
        } catch (IllegalArgumentException e) {
            String problem = "monitoring.drift.baseline: " + e.getMessage();
            LOG.warn("{}; drift is not counted", problem);
            return new DriftWatch(spec.threshold(), null, null, problem);
        }
    }

    void mark() {
        if (counted != null) {
            counted.mark();
        }
    }

    ServerStatus.Drift status() {
        return new ServerStatus.Drift(threshold, problem, counted == null ? List.of() : counted.now());
    }
}
