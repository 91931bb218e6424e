package dev.millrace.server.predict;

import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.Prediction.Flags;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Answers that L2 has, for calls that say nothing but whose. */
final class KeptAnswers {
    private final PredictContext shared;
    private final EntityCache entities;
    private final String version;

    /** {@code shared}: with L2. */
    KeptAnswers(PredictContext shared, String version) {
        this.shared = shared;
        this.entities = Objects.requireNonNull(shared.entities(), "what nobody keeps cannot be repeated");
        this.version = version;
    }

    /**
     * @throws CallException of kind NOT_FOUND
     */
    PredictAnswer newest(Map<String, String> entity, PredictCall call) {
        String key = CallCheck.key(entity);
        RequestCache.Entry entry = entities.get(key);
        shared.metrics().entityCache(entry != null);
        if (entry == null) {
            throw new CallException(
                    Kind.NOT_FOUND,
                    "no answer is kept for " + entity.values()
                            + ": POST a predict call for it first, or have it computed"
                            + " in advance (cache.entity.prewarm)");
        }
        shared.metrics().cacheAge(entry.ageNanos());
        long now = shared.wallClock().getAsLong();
        Score score = entry.score();
        Prediction prediction = new Prediction(
                PredictionIds.next(now),
                score.label(),
                score.outputs(),
                new Flags(null, null, entry.stale(), entry.defaulted(), "Hit"),
                null,
                List.of(),
                shared.ranker() == null ? null : score.items());
        Timings timings = new Timings(0, 0, 0, 0, (System.nanoTime() - call.startNanos()) / 1e6);
        shared.sink().predicted(key, entity, null, prediction, timings, call.traceparent(), version, now);
        return new PredictAnswer(
                call.id(),
                shared.config().name(),
                version,
                List.of(prediction),
                timings,
                Outcome.OK,
                entry.stale().isEmpty(),
                entry.ageNanos());
    }
}
