package dev.millrace.server.predict;

import dev.millrace.server.features.FeatureVector;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of a call, an entity or a candidate: what is known of it so far. Decided exactly once, on the call's event loop. */
final class PredictRow {
    /** Of {@link Prediction.Flags#cache}: the answer was computed once, for this call and for others. */
    static final String COALESCED = "Coalesced";

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
    private Flight.@Nullable Seat seat;
    private Flight.@Nullable Follower follower;
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

    /**
     * L1. The row is decided, or leads what others wait for, or waits itself.
     *
     * @param mayWait whether it may wait for another call's answer
     * @param told see {@link Flight.Follower#landed}
     */
    void lookUp(RequestCache requests, Hash128 key, boolean mayWait, Flight.Follower told) {
        cacheKey = key;
        if (!mayWait) {
            found(requests.get(key));
            shared.metrics().cache(cached != null);
            return;
        }
        RequestCache.Found found = requests.find(key, told);
        found(found.entry());
        seat = found.seat();
        follower = told;
        if (!isWaiting()) {
            shared.metrics().cache(cached != null);
        }
    }

    /** Another call has its answer computed. */
    boolean isWaiting() {
        Flight.Seat s = seat;
        return s != null && !s.leads();
    }

    /** The answer that another call got from the model for the same. */
    void coalesced(RequestCache.Entry entry) {
        if (isDecided()) {
            return;
        }
        seat = null;
        shared.metrics().coalesced();
        cached = entry;
        cache = COALESCED;
        score = entry.score();
        keep(new RequestCache.Entry(entry.score(), stale(), defaulted(), entry.madeNanos()));
    }

    /** Neither waits for another call any more, nor lets others wait for it. */
    void leaveFlight() {
        Flight.Seat s = seat;
        Flight.Follower f = follower;
        seat = null;
        if (s == null) {
            return;
        }
        if (s.leads()) {
            s.flight().land(null);
        } else if (f != null) {
            s.flight().leave(f);
            shared.metrics().cache(false);
        }
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
        FeatureVector v = vector;
        boolean whole = v != null && !v.storeFailed();
        RequestCache.Entry entry = new RequestCache.Entry(found, stale(), defaulted());
        keep(entry);
        Flight.Seat s = seat;
        if (whole && shared.cache() != null && cacheKey != null) {
            shared.cache().put(cacheKey, entry);
            if (s != null && s.leads()) {
                seat = null;
                s.flight().land(entry);
            }
        }
        leaveFlight();
    }

    /** For the fallback, and in L2. */
    private void keep(RequestCache.Entry entry) {
        if (!candidate) {
            shared.fallbacks().remember(entityKey, entry.score());
        }
        FeatureVector v = vector;
        boolean whole = v == null ? cached != null : !v.storeFailed();
        if (whole && shared.entities() != null && entityCall != null) {
            shared.entities().put(entityKey, entityCall, entry);
        }
    }

    void fallBack(Reason why) {
        if (isDecided()) {
            return;
        }
        reason = why;
        leaveFlight();
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

    /** The model's own answer to features that were read and are not stale. */
    boolean isRepeatable() {
        FeatureVector v = vector;
        return score != null && reason == null && stale().isEmpty() && (v == null || !v.storeFailed());
    }

    /** 0 = the model has answered just now. */
    long ageNanos() {
        RequestCache.Entry entry = cached;
        return entry == null ? 0 : entry.ageNanos();
    }
}
