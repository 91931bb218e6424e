package dev.millrace.server.predict;

import dev.millrace.server.features.FeatureVector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of a call, an entity or a candidate: what is known of it so far. Decided exactly once, on the call's event loop. */
final class PredictRow {
    final Map<String, String> entity;
    final String entityKey;
    final double[] request;
    private final PredictContext shared;
    /** A candidate is never answered by itself: the list is, as a whole. */
    private final boolean candidate;

    @Nullable
    FeatureVector vector;

    @Nullable
    Score score;

    @Nullable
    Reason reason;

    @Nullable
    String step;

    /** What the version before says, if it was asked. */
    @Nullable
    Score previous;

    @Nullable
    String cache;

    RequestCache.@Nullable Entry cached;
    private @Nullable Hash128 cacheKey;
    private @Nullable Hash128 entityCall;

    PredictRow(
            PredictContext shared, Map<String, String> entity, String entityKey, double[] request, boolean candidate) {
        this.shared = shared;
        this.entity = entity;
        this.entityKey = entityKey;
        this.request = request;
        this.candidate = candidate;
    }

    boolean isDecided() {
        return score != null || reason != null;
    }

    /** L1. */
    void lookUp(RequestCache requests, Hash128 key) {
        cacheKey = key;
        found(requests.get(key));
        shared.metrics().cache(cached != null);
    }

    /** L2; a hit for another call of the same entity is a miss. */
    void lookUp(EntityCache entities) {
        Hash128 call = entities.call(request);
        entityCall = call;
        found(entities.get(entityKey, call));
        shared.metrics().entityCache(cached != null);
    }

    private void found(RequestCache.@Nullable Entry entry) {
        cached = entry;
        cache = entry == null ? "Miss" : "Hit";
        score = entry == null ? null : entry.score();
        if (entry != null) {
            shared.metrics().cacheAge(entry.ageNanos());
        }
    }

    /** Null: the model said nothing that can be used. */
    void answer(@Nullable Score found) {
        if (isDecided()) {
            return;
        }
        if (found == null) {
            fallBack(Reason.ModelUnavailable);
            return;
        }
        score = found;
        if (!candidate) {
            shared.fallbacks().remember(entityKey, found);
        }
        FeatureVector v = vector;
        if (v == null || v.storeFailed()) {
            return;
        }
        RequestCache.Entry entry = new RequestCache.Entry(found, v.stale(), v.defaulted());
        if (shared.cache() != null && cacheKey != null) {
            shared.cache().put(cacheKey, entry);
        }
        if (shared.entities() != null && entityCall != null) {
            shared.entities().put(entityKey, entityCall, entry);
        }
    }

    void fallBack(Reason why) {
        if (isDecided()) {
            return;
        }
        reason = why;
        if (candidate) {
            return;
        }
        Fallbacks.Answer answer =
                shared.fallbacks().answer(why, entityKey, previous, shared.metrics()::skippedPreviousVersion);
        if (answer != null) {
            score = answer.score();
            step = answer.step();
            shared.metrics().fallback(why.name());
        }
    }

    List<String> stale() {
        RequestCache.Entry entry = cached;
        FeatureVector v = vector;
        return v != null ? v.stale() : entry != null ? entry.stale() : List.of();
    }

    List<String> defaulted() {
        RequestCache.Entry entry = cached;
        FeatureVector v = vector;
        return v != null ? v.defaulted() : entry != null ? entry.defaulted() : List.of();
    }
}
