package dev.millrace.server.predict;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.contract.config.ServingConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * L1: answers of the model, for seconds. Keyed by the vector after the feature read (never stale), or by the call's inputs
 * before it (saves the read). One for each loaded version, so the version is part of every key.
 */
public final class RequestCache {
    private final Cache<Hash128, Entry> entries;
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

    public void put(Hash128 key, Entry entry) {
        entries.put(key, entry);
    }
}
