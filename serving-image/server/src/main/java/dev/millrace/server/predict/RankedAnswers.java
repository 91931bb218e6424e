package dev.millrace.server.predict;

import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.Prediction.Flags;
import dev.millrace.server.predict.Ranker.Scored;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns decided candidates into one ranked list, its flags, its outcome and its log record. Candidates that were not scored are
 * left out; only when none was does the fallback answer, for the list as a whole.
 */
final class RankedAnswers {
    /** No entity has it. */
    private static final String NOBODY = "\u0000";

    private final PredictContext shared;
    private final PredictCall call;
    private final CallCheck.Checked checked;
    private final Ranker ranker;
    private final String version;
    private final String userKey;

    RankedAnswers(PredictContext shared, PredictCall call, CallCheck.Checked checked, String version) {
        this.shared = shared;
        this.call = call;
        this.checked = checked;
        this.ranker = Objects.requireNonNull(shared.ranker(), "only a model that ranks is asked about candidates");
        this.version = version;
        this.userKey = checked.entityKeys().get(0);
    }

    /** Answers from L2; false = it has none for this very call. */
    boolean kept(EntityCache entities, Timings timings, Promise<PredictAnswer> promise) {
        RequestCache.Entry entry = entities.get(userKey, entities.call(checked.items(), checked.requests()));
        shared.metrics().entityCache(entry != null);
        if (entry == null) {
            return false;
        }
        shared.metrics().cacheAge(entry.ageNanos());
        Flags flags = new Flags(null, null, entry.stale(), entry.defaulted(), "Hit");
        complete(entry.score().items(), flags, null, version, Outcome.OK, timings, promise);
        return true;
    }

    void finish(
            List<PredictRow> rows,
            String previous,
            Timings timings,
            long retryAfterSeconds,
            Promise<PredictAnswer> promise) {
        List<Scored> scored = new ArrayList<>(rows.size());
        Reason reason = null;
        for (int i = 0; i < rows.size(); i++) {
            PredictRow row = rows.get(i);
            Score score = row.score;
            if (score != null) {
                scored.add(scored(i, row, score));
            } else if (reason == null) {
                reason = row.reason;
            }
        }
        if (scored.isEmpty() && reason != null) {
            fallBack(reason, rows, previous, timings, retryAfterSeconds, promise);
            return;
        }
        List<RankedItem> items = ranker.rank(scored);
        Flags flags = flags(rows, null, null);
        if (reason == null) {
            remember(items, rows, flags);
        }
        FeatureVector first = items.isEmpty() ? null : vector(rows, items.get(0));
        complete(items, flags, first, version, Outcome.OK, timings, promise);
    }

    private void fallBack(
            Reason reason,
            List<PredictRow> rows,
            String previous,
            Timings timings,
            long retryAfterSeconds,
            Promise<PredictAnswer> promise) {
        Score before = previous(rows);
        Runnable skipped = shared.metrics()::skippedPreviousVersion;
        Fallbacks.Answer answer = shared.fallbacks().answer(reason, userKey, before, skipped);
        List<RankedItem> items = answer == null ? List.of() : items(answer);
        if (answer != null && items.isEmpty()) {
            // what is last known of this user is of other items
            answer = shared.fallbacks().answer(reason, NOBODY, before, skipped);
            items = answer == null ? List.of() : items(answer);
        }
        if (answer == null) {
            promise.fail(new CallException(
                    reason.kind(), PredictAnswers.text(reason, rows.get(0).vector), retryAfterSeconds));
            return;
        }
        shared.metrics().fallback(reason.name());
        complete(
                items,
                flags(rows, reason, answer.step()),
                null,
                answer.step().equals(Fallbacks.PREVIOUS) ? previous : version,
                reason.isLate() ? Outcome.FALLBACK_LATE : Outcome.FALLBACK,
                timings,
                promise);
    }

    private List<RankedItem> items(Fallbacks.Answer answer) {
        return switch (answer.step()) {
            case Fallbacks.PREVIOUS -> answer.score().items();
            case "LastKnown" -> ranker.again(answer.score().items(), checked.items());
            // a constant says nothing of any item: the caller's own order stands
            default ->
                ranker.asCalled(checked.items(), ranker.relevance(answer.score().outputs()));
        };
    }

    /** What the version before says of the candidates; null = it was not asked. */
    private @Nullable Score previous(List<PredictRow> rows) {
        List<Scored> scored = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Score score = rows.get(i).previous;
            if (score != null) {
                scored.add(scored(i, rows.get(i), score));
            }
        }
        return scored.isEmpty() ? null : new Score(null, List.of(), ranker.rank(scored));
    }

    private Scored scored(int row, PredictRow from, Score score) {
        FeatureVector vector = from.vector;
        return new Scored(
                checked.items().get(row), ranker.relevance(score.outputs()), vector == null ? null : vector.values());
    }

    private void remember(List<RankedItem> items, List<PredictRow> rows, Flags flags) {
        Score score = new Score(null, List.of(), items);
        shared.fallbacks().remember(userKey, score);
        EntityCache entities = shared.entities();
        boolean whole = rows.stream().map(row -> row.vector).allMatch(v -> v != null && !v.storeFailed());
        if (entities != null && whole) {
            entities.put(
                    userKey,
                    entities.call(checked.items(), checked.requests()),
                    new RequestCache.Entry(score, flags.stale(), flags.defaulted()));
        }
    }

    /** A feature that is stale or a default for any candidate is named once. */
    private Flags flags(List<PredictRow> rows, @Nullable Reason reason, @Nullable String step) {
        Set<String> stale = new LinkedHashSet<>();
        Set<String> defaulted = new LinkedHashSet<>();
        boolean looked = shared.entities() != null;
        boolean all = true;
        boolean coalesced = false;
        for (PredictRow row : rows) {
            stale.addAll(row.stale());
            defaulted.addAll(row.defaulted());
            looked |= row.cache != null;
            all &= "Hit".equals(row.cache) || PredictRow.COALESCED.equals(row.cache);
            coalesced |= PredictRow.COALESCED.equals(row.cache);
        }
        String cache = !looked ? null : !all ? "Miss" : coalesced ? PredictRow.COALESCED : "Hit";
        return new Flags(reason, step, List.copyOf(stale), List.copyOf(defaulted), cache);
    }

    private @Nullable FeatureVector vector(List<PredictRow> rows, RankedItem item) {
        int at = checked.items().indexOf(item.keys());
        return at < 0 ? null : rows.get(at).vector;
    }

    private void complete(
            List<RankedItem> items,
            Flags flags,
            @Nullable FeatureVector first,
            String answeredBy,
            Outcome outcome,
            Timings timings,
            Promise<PredictAnswer> promise) {
        long now = shared.wallClock().getAsLong();
        Prediction prediction = new Prediction(
                PredictionIds.next(now),
                null,
                List.of(),
                flags,
                null,
                call.explain() ? PredictAnswers.explain(first) : List.of(),
                items);
        shared.sink().predicted(userKey, user(), null, prediction, timings, call.traceparent(), answeredBy, now);
        promise.complete(new PredictAnswer(
                call.id(), shared.config().name(), answeredBy, List.of(prediction), timings, outcome, false, 0));
    }

    private Map<String, String> user() {
        Map<String, String> user = new LinkedHashMap<>(checked.entities().get(0));
        user.keySet().removeAll(checked.items().get(0).keySet());
        return user;
    }
}
