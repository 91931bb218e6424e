package dev.millrace.server.predict;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.contract.config.ServingConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * L1: answers of the model, for seconds. Keyed by the vector after the feature read (never stale), or by the call's inputs
 * before it (saves the read). One for each loaded version, so the version is part of every key. What is not there is computed
 * once for all who ask for it at the same time.
 */
public final class RequestCache {
    private final Cache<Hash128, Entry> entries;
    private final ConcurrentHashMap<Hash128, Flight> flights = new ConcurrentHashMap<>();
    private final boolean byInputs;
    private final long seed = ThreadLocalRandom.current().nextLong();

    /**
     * The answer and what was flagged with it.
     *
     * @param madeNanos when the model gave it, by {@link System#nanoTime}
     */
    public record Entry(Score score, List<String> stale, List<String> defaulted, long madeNanos) {
        /** Of this moment. */
        public Entry(Score score, List<String> stale, List<String> defaulted) {
            this(score, stale, defaulted, System.nanoTime());
        }

        long ageNanos() {
            return System.nanoTime() - madeNanos;
        }
    }

    /**
     * What a look-up comes to: an entry, or a seat in the flight that will give one.
     *
     * @param entry null exactly when {@code seat} is not
     */
    record Found(@Nullable Entry entry, Flight.@Nullable Seat seat) {}

    private RequestCache(ServingConfig.RequestCache spec) {
        entries = Caffeine.newBuilder()
                .maximumSize(spec.maxEntries())
                .expireAfterWrite(Duration.ofMillis(spec.ttlMs()))
                .build();
        byInputs = spec.key().equals("Inputs");
    }

    /** Null = the spec asks for none. */
    public static @Nullable RequestCache of(ServingConfig.@Nullable RequestCache spec) {
        return spec == null ? null : new RequestCache(spec);
    }

    public boolean isByInputs() {
        return byInputs;
    }

    public Hash128 key(double[] vector) {
        return Hash128.of(seed, vector);
    }

    public Hash128 key(List<String> ids, double[] inputs) {
        return Hash128.of(seed, ids, inputs);
    }

    public @Nullable Entry get(Hash128 key) {
        return entries.getIfPresent(key);
    }

    /** The entry; or else the key's flight, which the caller leads where nobody has the answer computed already. */
    Found find(Hash128 key, Flight.Follower follower) {
        Entry entry = entries.getIfPresent(key);
        if (entry != null) {
            return new Found(entry, null);
        }
        Flight.Seat seat = Flight.board(flights, key, follower);
        // an answer is kept before its flight lands: between the two looks both may have happened
        Entry since = seat.leads() ? entries.getIfPresent(key) : null;
        if (since != null) {
            seat.flight().land(since);
            return new Found(since, null);
        }
        return new Found(null, seat);
    }

    /** Answers that are being computed now. */
    int flights() {
        return flights.size();
    }

    public void put(Hash128 key, Entry entry) {
        entries.put(key, entry);
    }
}
