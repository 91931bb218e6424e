package dev.millrace.server.predict;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.contract.config.ServingConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * L2: the last answer of each entity, for hours. It answers a call that is the same as the one that it was made for; only a
 * GET, which carries nothing but the entity, takes it whatever it was made for. One for each loaded version, like L1.
 */
public final class EntityCache {
    private final Cache<String, Kept> entries;
    private final long seed;
    private final boolean answers;

    private record Kept(Hash128 call, RequestCache.Entry entry) {}

    private EntityCache(Cache<String, Kept> entries, long seed, boolean answers) {
        this.entries = entries;
        this.seed = seed;
        this.answers = answers;
    }

    /** Null = the spec asks for none. */
    public static @Nullable EntityCache of(ServingConfig.@Nullable EntityCache spec) {
        return spec == null
                ? null
                : new EntityCache(
                        Caffeine.newBuilder()
                                .maximumSize(spec.maxEntries())
                                .expireAfterWrite(Duration.ofMillis(spec.ttlMs()))
                                .build(),
                        ThreadLocalRandom.current().nextLong(),
                        true);
    }

    /** The same entries for calls that are to make them anew: it takes answers and gives none. */
    public EntityCache filling() {
        return new EntityCache(entries, seed, false);
    }

    /** Whether it holds an answer to this very call that is not older. */
    boolean holds(String entityKey, Hash128 call, long sinceNanos) {
        Kept kept = entries.getIfPresent(entityKey);
        return kept != null && kept.call().equals(call) && kept.entry().madeNanos() - sinceNanos >= 0;
    }

    /** What makes two calls of an entity the same: the request's features. */
    public Hash128 call(double[] request) {
        return Hash128.of(seed, request);
    }

    /** What makes two ranking calls of a user the same: the candidates in order, each with its features. */
    public Hash128 call(List<Map<String, String>> items, List<double[]> requests) {
        List<String> ids = new ArrayList<>(items.size());
        items.forEach(item -> ids.addAll(item.values()));
        int width = requests.get(0).length;
        double[] values = new double[requests.size() * width];
        for (int i = 0; i < requests.size(); i++) {
            System.arraycopy(requests.get(i), 0, values, i * width, width);
        }
        return Hash128.of(seed, ids, values);
    }

    public RequestCache.@Nullable Entry get(String entityKey, Hash128 call) {
        Kept kept = answers ? entries.getIfPresent(entityKey) : null;
        return kept != null && kept.call().equals(call) ? kept.entry() : null;
    }

    /** The entity's newest answer, to whatever call. */
    public RequestCache.@Nullable Entry get(String entityKey) {
        Kept kept = entries.getIfPresent(entityKey);
        return kept == null ? null : kept.entry();
    }

    public void put(String entityKey, Hash128 call, RequestCache.Entry entry) {
        entries.put(entityKey, new Kept(call, entry));
    }
}
