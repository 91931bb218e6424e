package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.BatchPoint;
import dev.millrace.contract.status.ServerStatus.GroupStatus;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.log.PredictionLog;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.prewarm.Prewarm;
import dev.millrace.server.sql.Trouble;
import dev.millrace.server.status.ServerState;
import dev.millrace.server.stream.StreamInference;
import java.util.ArrayList;
import java.util.List;

/** Builds the body of {@code /millrace/status}. A ready server that is degraded says by what. */
final class StatusReport {
    private final Parts parts;

    StatusReport(Parts parts) {
        this.parts = parts;
    }

    ServerStatus now() {
        ServingConfig config = parts.state().version().config();
        ServerState.Snapshot snapshot = parts.state().snapshot();
        ServedModel model = parts.state().model();
        String reason = snapshot.reason();
        String message = snapshot.message();
        VectorPlan plan = parts.plan();
        ServerState.Trouble swap = parts.state().trouble();
        ServingConfig.Features spec = config.features();
        PredictionLog.Trouble trouble = parts.log() == null ? null : parts.log().trouble();
        Trouble rows = parts.sql() == null ? null : parts.sql().trouble();
        Prewarm.Trouble popular =
                parts.prewarm() == null ? null : parts.prewarm().trouble();
        if (reason == null && swap != null) {
            reason = swap.reason();
            message = swap.message();
        } else if (reason == null
                && parts.monitor() != null
                && spec != null
                && !(parts.freshness().storeUp() && parts.store().isAsked())) {
            reason = "FeatureStoreUnavailable";
            message = "features.store: " + spec.store().address()
                    + " does not answer in time; features are defaults, or the fallback answers";
        } else if (reason == null && rows != null) {
            reason = rows.reason();
            message = rows.message() + "; rows in memory are served, defaults for the others";
        } else if (reason == null && trouble != null) {
            reason = trouble.reason();
            message = trouble.message();
        } else if (reason == null && popular != null) {
            reason = popular.reason();
            message = popular.message();
        }
        StreamInference.Trouble waiting =
                parts.stream() == null ? null : parts.stream().trouble();
        if (reason == null && waiting != null) {
            reason = waiting.reason();
            message = waiting.message();
        }
        List<GroupStatus> features = new ArrayList<>();
        if (plan != null) {
            features.addAll(parts.freshness().statuses(plan.groups(), System.currentTimeMillis()));
        }
        if (parts.sql() != null) {
            features.addAll(parts.sql().statuses());
        }
        return new ServerStatus(
                snapshot.phase().name(),
                reason,
                message,
                config.name(),
                config.model().version(),
                config.model().digest(),
                model == null ? null : model.model().executionProvider(),
                model == null ? List.of() : model.model().inputs(),
                model == null ? List.of() : model.model().outputs(),
                model == null ? null : calibration(model.calibration()),
                features,
                parts.state().admission(),
                config.variant(),
                parts.state().version().metrics().sli().now(),
                parts.drift() == null ? null : parts.drift().status(),
                parts.stream() == null ? null : parts.stream().status());
    }

    private ServerStatus.Calibration calibration(Calibration c) {
        List<BatchPoint> points = c.meanNanos().entrySet().stream()
                .map(e -> new BatchPoint(e.getKey(), e.getValue() / 1e6))
                .toList();
        double service = points.isEmpty() ? 0 : points.get(0).ms();
        return new ServerStatus.Calibration(
                service, c.serviceCv(), parts.state().overheadMs(), points);
    }
}
