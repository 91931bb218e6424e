package dev.millrace.server.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.features.GroupRead.Result;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one group, bounded in number and age, and which of them are to be read again. What is not there is known to be
 * not there, too. For any number of threads; the clock is given.
 */
final class RowCache {
    /** The database failed for this entity alone: soon enough to be mended, too seldom to be a load. */
    static final Duration RETRY = Duration.ofSeconds(10);

    /** A row is due up to so much of {@link Limits#refreshNanos} early: what was read together is not read together again. */
    static final double SPREAD = 0.2;

    private final Limits limits;
    private final DoubleSupplier random;
    private final Cache<String, Row> rows;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param refreshNanos age above which a row that is asked for is read again
     * @param ttlNanos age above which it is forgotten
     * @param maxAgeNanos age above which it is stale; null = never
     * @param maxEntries beyond which those that are asked for least are forgotten
     */
    record Limits(long refreshNanos, long ttlNanos, @Nullable Long maxAgeNanos, long maxEntries) {}

    private static final class Row {
        /** Null = there is none. */
        final double @Nullable [] values;

        final long readAtMs;
        final long readNanos;
        volatile long dueNanos;

        Row(double @Nullable [] values, long readAtMs, long readNanos, long dueNanos) {
            this.values = values;
            this.readAtMs = readAtMs;
            this.readNanos = readNanos;
            this.dueNanos = dueNanos;
        }
    }

    /** {@code random}: from 0 to 1. */
    RowCache(Limits limits, DoubleSupplier random) {
        this.limits = limits;
        this.random = random;
        this.rows = Caffeine.newBuilder()
                .maximumSize(limits.maxEntries())
                // for the memory's sake; a read looks at the age itself
                .expireAfterWrite(Duration.ofNanos(limits.ttlNanos()))
                .build();
    }

    /** What is there now. */
    GroupRead read(String key, long nowNanos) {
        Row row = rows.getIfPresent(key);
        if (row == null || row.values == null) {
            return GroupRead.MISSING;
        }
        long age = nowNanos - row.readNanos;
        if (age > limits.ttlNanos()) {
            return GroupRead.MISSING;
        }
        Long maxAge = limits.maxAgeNanos();
        return new GroupRead(
                maxAge != null && age > maxAge ? Result.STALE : Result.FRESH,
                row.values,
                row.readAtMs,
                Math.max(0, age / 1_000_000));
    }

    /** Whether an entity is to be read, by nobody yet. */
    boolean isDue(String key, long nowNanos) {
        Row row = rows.getIfPresent(key);
        return (row == null || nowNanos - row.dueNanos >= 0) && !underWay.contains(key);
    }

    /** Takes it on; false = another has. Who did says {@link #put}, {@link #failed} or {@link #release} in the end. */
    boolean take(String key) {
        return underWay.add(key);
    }

    /** {@code values}: null = the database has no row. */
    void put(String key, double @Nullable [] values, long nowMs, long nowNanos) {
        long refresh = (long) (limits.refreshNanos() * (1 - SPREAD * random.getAsDouble()));
        rows.put(key, new Row(values, nowMs, nowNanos, nowNanos + refresh));
        underWay.remove(key);
    }

    /** The database failed for this entity: what is there stays, and it is asked again after a while. */
    void failed(String key, long nowNanos) {
        long due = nowNanos + Math.min(limits.refreshNanos(), RETRY.toNanos());
        Row row = rows.getIfPresent(key);
        if (row != null) {
            row.dueNanos = due;
        } else {
            rows.put(key, new Row(null, 0, nowNanos, due));
        }
        underWay.remove(key);
    }

    /** It was not asked, or did not answer at all: it is due as it was. */
    void release(String key) {
        underWay.remove(key);
    }

    long size() {
        return rows.estimatedSize();
    }
}
