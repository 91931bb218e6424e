package dev.millrace.server.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a version of the model has done since it began to serve, as Triton's statistics extension counts it. Written from
 * every thread; a reader may see a request in one count and not yet in another.
 */
public final class ModelStatistics {
    /** How often, and for how long altogether. */
    public record Total(long count, long nanos) {
        /** As many of the same mean. */
        Total of(long fewer) {
            return fewer == count ? this : new Total(fewer, Math.round((double) nanos / count * fewer));
        }
    }

    /** Executions of one batch size. */
    public record Batch(int rows, Total infer) {}

    /**
     * @param lastInferenceMs since the epoch; 0 = none yet
     * @param inferences rows that were executed
     * @param success requests that the model answered
     * @param fail requests that it did not, though they were well formed
     * @param input decoding of requests that the model answered; as many as {@code infer} and {@code output}, which
     *     perf_analyzer insists on
     * @param output encoding of their answers
     * @param cacheHit count only: a look-up is too short to be timed
     */
    public record Snapshot(
            long lastInferenceMs,
            long inferences,
            long executions,
            Total success,
            Total fail,
            Total queue,
            Total input,
            Total infer,
            Total output,
            Total cacheHit,
            Total cacheMiss,
            List<Batch> batches) {}

    private static final class Cell {
        final LongAdder count = new LongAdder();
        final LongAdder nanos = new LongAdder();

        void add(long n, long time) {
            count.add(n);
            nanos.add(time);
        }

        Total total() {
            return new Total(count.sum(), nanos.sum());
        }

        void clear() {
            count.reset();
            nanos.reset();
        }
    }

    private final int maxRows;
    private final Cell success = new Cell();
    private final Cell fail = new Cell();
    private final Cell queue = new Cell();
    private final Cell input = new Cell();
    private final Cell infer = new Cell();
    private final Cell output = new Cell();
    private final Cell cacheHit = new Cell();
    private final Cell cacheMiss = new Cell();
    private final LongAdder inferences = new LongAdder();
    private final LongAdder executions = new LongAdder();
    private final Map<Integer, Cell> batches = new ConcurrentSkipListMap<>();
    private volatile long lastInferenceMs;

    /** {@code maxRows} of one execution; what is longer runs in chunks of it. */
    ModelStatistics(int maxRows) {
        this.maxRows = Math.max(1, maxRows);
    }

    /** Forgets the warm-up. */
    void begin() {
        List.of(success, fail, queue, input, infer, output, cacheHit, cacheMiss).forEach(Cell::clear);
        batches.clear();
        inferences.reset();
        executions.reset();
        lastInferenceMs = 0;
    }

    void executed(int rows, long nanos) {
        lastInferenceMs = System.currentTimeMillis();
        inferences.add(rows);
        int full = rows / maxRows;
        int rest = rows % maxRows;
        executions.add(full + (rest > 0 ? 1 : 0));
        if (full > 0) {
            cell(maxRows).add(full, nanos * full * maxRows / rows);
        }
        if (rest > 0) {
            cell(rest).add(1, nanos * rest / rows);
        }
    }

    private Cell cell(int rows) {
        return batches.computeIfAbsent(rows, r -> new Cell());
    }

    void request(boolean answered, double seconds) {
        (answered ? success : fail).add(1, nanos(seconds));
    }

    void queued(double seconds) {
        queue.add(1, nanos(seconds));
    }

    void inferred(double seconds) {
        infer.add(1, nanos(seconds));
    }

    void codec(long decodeNanos, long encodeNanos) {
        input.add(1, decodeNanos);
        output.add(1, encodeNanos);
    }

    void cache(boolean hit) {
        (hit ? cacheHit : cacheMiss).add(1, 0);
    }

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    public Snapshot snapshot() {
        List<Batch> sizes = new ArrayList<>();
        batches.forEach((rows, cell) -> sizes.add(new Batch(rows, cell.total())));
        Total decoded = input.total();
        Total inferred = infer.total();
        Total encoded = output.total();
        // what is under way is inferred and not yet encoded; what a cache answered is decoded and never inferred
        long whole = Math.min(inferred.count(), Math.min(decoded.count(), encoded.count()));
        return new Snapshot(
                lastInferenceMs,
                inferences.sum(),
                executions.sum(),
                success.total(),
                fail.total(),
                queue.total(),
                decoded.of(whole),
                new Total(whole, inferred.nanos()),
                encoded.of(whole),
                cacheHit.total(),
                cacheMiss.total(),
                sizes);
    }
}
