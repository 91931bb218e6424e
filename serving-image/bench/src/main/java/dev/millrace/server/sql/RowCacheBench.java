package dev.millrace.server.sql;

import dev.millrace.server.features.GroupRead;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What an sql group adds to a request: whether the entity's row is due, and the row. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RowCacheBench {
    private static final int CALLS = 1 << 16;

    /** Entities in memory. */
    @Param({"1000", "50000"})
    public int entities;

    private RowCache cache = cache(1);
    private final String[] calls = new String[CALLS];
    private int next;

    private static RowCache cache(int entities) {
        long hour = TimeUnit.HOURS.toNanos(1);
        return new RowCache(new RowCache.Limits(hour, 24 * hour, 2 * hour, 2L * entities), () -> 0.5);
    }

    @Setup
    public void fill() {
        cache = cache(entities);
        SplittableRandom random = new SplittableRandom(7);
        long now = System.nanoTime();
        for (int i = 0; i < entities; i++) {
            cache.put("customer-" + i, random.doubles(4).toArray(), 0, now);
        }
        for (int i = 0; i < CALLS; i++) {
            calls[i] = "customer-" + random.nextInt(entities);
        }
    }

    @Benchmark
    public GroupRead read() {
        String key = calls[next];
        next = (next + 1) & (CALLS - 1);
        long now = System.nanoTime();
        if (cache.isDue(key, now)) {
            throw new IllegalStateException("all rows were read a moment ago");
        }
        return cache.read(key, now);
    }
}
