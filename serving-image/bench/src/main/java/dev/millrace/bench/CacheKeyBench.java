package dev.millrace.bench;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.server.predict.Hash128;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The request cache's key of a vector, and its lookup in a cache that holds it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CacheKeyBench {
    private static final int VECTORS = 4096;

    @Param({"16", "64"})
    public int width;

    private final double[][] vectors = new double[VECTORS][];
    private final Cache<Hash128, Integer> cache =
            Caffeine.newBuilder().maximumSize(2 * VECTORS).build();
    private int next;

    @Setup
    public void make() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < VECTORS; i++) {
            vectors[i] = random.doubles(width).toArray();
            cache.put(Hash128.of(1, vectors[i]), i);
        }
    }

    @Benchmark
    public Hash128 key() {
        return Hash128.of(1, vectors[next++ % VECTORS]);
    }

    @Benchmark
    public @Nullable Integer keyAndLookup() {
        return cache.getIfPresent(Hash128.of(1, vectors[next++ % VECTORS]));
    }
}
