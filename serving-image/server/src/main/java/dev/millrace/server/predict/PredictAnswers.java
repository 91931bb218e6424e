package dev.millrace.server.predict;

import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.Prediction.Explanation;
import dev.millrace.server.predict.Prediction.Flags;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns decided rows into the answer, its flags, its outcome and its log records. */
final class PredictAnswers {
    private final PredictContext shared;
    private final PredictCall call;
    private final String version;
    private final String previous;

    /** {@code previous}: the version that answers as {@code PreviousVersion}. */
    PredictAnswers(PredictContext shared, PredictCall call, String version, String previous) {
        this.shared = shared;
        this.call = call;
        this.version = version;
        this.previous = previous;
    }

    /** Who answered the row. */
    private String version(PredictRow row) {
        return Fallbacks.PREVIOUS.equals(row.step) ? previous : version;
    }

    /** A call of which no row has an answer fails as its first row does. */
    void finish(List<PredictRow> rows, Timings timings, long retryAfterSeconds, Promise<PredictAnswer> promise) {
        long now = shared.wallClock().getAsLong();
        List<Prediction> predictions = new ArrayList<>(rows.size());
        boolean answered = false;
        boolean fellBack = false;
        boolean late = false;
        Reason first = null;
        for (PredictRow row : rows) {
            predictions.add(prediction(row, now));
            answered |= row.score != null;
            Reason reason = row.reason;
            if (reason != null) {
                first = first == null ? reason : first;
                fellBack = true;
                late |= reason.isLate();
            }
        }
        if (!answered && first != null) {
            promise.fail(new CallException(first.kind(), text(first, rows.get(0).vector), retryAfterSeconds));
            return;
        }
        log(rows, predictions, timings, now);
        Outcome outcome = late ? Outcome.FALLBACK_LATE : fellBack ? Outcome.FALLBACK : Outcome.OK;
        boolean byPrevious = rows.stream().allMatch(row -> version(row).equals(previous));
        promise.complete(new PredictAnswer(
                call.id(),
                shared.config().name(),
                byPrevious ? previous : version,
                predictions,
                timings,
                outcome,
                rows.stream().allMatch(PredictRow::isRepeatable),
                rows.stream().mapToLong(PredictRow::ageNanos).max().orElse(0)));
    }

    private Prediction prediction(PredictRow row, long now) {
        Score score = row.score;
        Reason reason = row.reason;
        Flags flags = new Flags(score == null ? null : reason, row.step, row.stale(), row.defaulted(), row.cache);
        return new Prediction(
                PredictionIds.next(now),
                score == null ? null : score.label(),
                score == null ? List.of() : score.outputs(),
                flags,
                score == null && reason != null ? reason.name() + ": " + text(reason, row.vector) : null,
                call.explain() ? explain(row.vector) : List.of(),
                null);
    }

    static String text(Reason reason, @Nullable FeatureVector vector) {
        boolean rejected = reason == Reason.FeatureMissing || reason == Reason.FeatureStale;
        return rejected && vector != null ? vector.rejectedFeature() + ": " + reason.text() : reason.text();
    }

    static List<Explanation> explain(@Nullable FeatureVector vector) {
        if (vector == null) {
            return List.of();
        }
        List<Explanation> all = new ArrayList<>(vector.values().length);
        for (int i = 0; i < vector.values().length; i++) {
            all.add(new Explanation(
                    vector.plan().names().get(i), vector.values()[i], vector.status()[i].name(), vector.ageMs()[i]));
        }
        return all;
    }

    private void log(List<PredictRow> rows, List<Prediction> predictions, Timings timings, long now) {
        for (int i = 0; i < rows.size(); i++) {
            PredictRow row = rows.get(i);
            shared.sink()
                    .predicted(
                            row.entityKey,
                            row.entity,
                            row.vector,
                            predictions.get(i),
                            timings,
                            call.traceparent(),
                            version(row),
                            now);
        }
    }
}
