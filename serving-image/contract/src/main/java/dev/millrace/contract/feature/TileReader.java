package dev.millrace.contract.feature;

import java.util.List;

/**
 * Reads a stream group's features from a value of the online store, merging tiles at the time of the read. Immutable,
 * for any number of threads; it allocates only for distinct counts and percentiles.
 *
 * <p>A window W read at t counts the events of all tiles from the one that holds {@code t − W} to the one that holds
 * {@code t + maxFuture}. So the old edge is at {@code floor_hop(t − W)}, and an event whose clock is ahead by no more than
 * the allowed {@code maxFuture} is seen at once. An entity that falls silent decays by itself: the same bytes give less
 * as t goes on.
 */
public final class TileReader {
    private final TileLayout layout;

    public TileReader(TileLayout layout) {
        this.layout = layout;
    }

    /**
     * Writes {@link TileLayout#width()} features.
     *
     * @param value as stored
     * @param nowMs the reader's clock
     * @param out receives the features; those of an empty window as {@link AggregationFunction} says
     * @param from first place in {@code out}
     * @return false when the value is corrupt or of another layout: treat it as missing. {@code out} is then unspecified
     */
    public boolean read(byte[] value, long nowMs, double[] out, int from) {
        if (value.length < ValueHeader.SIZE
                || ValueHeader.schemaHash(value) != layout.schemaHash()
                || (Bytes.u8(value, 28) & ValueHeader.TILES) == 0
                || Bytes.u8(value, 29) != layout.levels.size()) {
            return false;
        }
        int at = ValueHeader.SIZE;
        for (int i = 0; i < layout.levels.size(); i++) {
            TileLevel level = layout.levels.get(i);
            int end = TileBody.end(level, value, at);
            if (end < 0) {
                return false;
            }
            List<Output> outputs = layout.outputs.get(i);
            for (int o = 0; o < outputs.size(); o++) {
                read(outputs.get(o), level, value, at, nowMs, out, from);
            }
            at = end;
        }
        return at == value.length;
    }

    private void read(Output o, TileLevel level, byte[] b, int at, long nowMs, double[] out, int from) {
        int n = Bytes.u16(b, at);
        long first = n == 0 ? 0 : Bytes.i64(b, at + 2);
        int deltas = at + 10;
        int lo = firstNotBelow(b, deltas, n, level.tile(nowMs - o.windowMs()) - first);
        int hi = firstNotBelow(b, deltas, n, level.tile(nowMs + layout.maxFutureMs()) + 1 - first);
        if (o.cell() >= 0) {
            readCells(o, level, b, at, n, lo, hi, out, from + o.at());
            return;
        }
        int data = deltas + 2 * n;
        int lane = data + level.laneBytes[o.lane()] * n;
        out[from + o.at()] = switch (o.function()) {
            case COUNT -> count(b, lane, lo, hi);
            case SUM -> sum(b, lane, lo, hi);
            case DECAYED_SUM -> Decay.sum(o, level, b, deltas, first, lane, lo, hi, nowMs);
            case AVG -> {
                long count = count(b, data + level.laneBytes[o.second()] * n, lo, hi);
                yield count == 0 ? o.whenEmpty() : sum(b, lane, lo, hi) / count;
            }
            case MIN -> min(o, b, lane, lo, hi);
            case MAX -> max(o, b, lane, lo, hi);
            case VARIANCE, STDDEV -> moments(o, b, lane, n, lo, hi);
            case FIRST -> {
                int t = firstTimed(b, lane, lo, hi);
                yield t < 0 ? o.whenEmpty() : Bytes.f64(b, lane + 4 * n + 8 * t);
            }
            case LAST -> {
                int t = lastTimed(b, lane, lo, hi);
                yield t < 0 ? o.whenEmpty() : Bytes.f64(b, lane + 4 * n + 8 * t);
            }
            case RATE_OF_CHANGE -> {
                int firstLane = lane;
                int lastLane = data + level.laneBytes[o.second()] * n;
                int t0 = firstTimed(b, firstLane, lo, hi);
                int t1 = lastTimed(b, lastLane, lo, hi);
                if (t0 < 0 || t1 < 0) {
                    yield o.whenEmpty();
                }
                long ms = time(level, b, deltas, first, lastLane, t1) - time(level, b, deltas, first, firstLane, t0);
                yield ms <= 0
                        ? o.whenEmpty()
                        : (Bytes.f64(b, lastLane + 4 * n + 8 * t1) - Bytes.f64(b, firstLane + 4 * n + 8 * t0))
                                * 1000
                                / ms;
            }
            case TIME_SINCE_LAST -> {
                int t = lastTimed(b, lane, lo, hi);
                yield t < 0 ? o.whenEmpty() : Math.max(0, nowMs - time(level, b, deltas, first, lane, t)) / 1000.0;
            }
            default -> o.whenEmpty();
        };
    }

    /** First tile whose distance from the level's first one is at least {@code delta}. */
    private static int firstNotBelow(byte[] b, int deltas, int n, long delta) {
        int lo = 0;
        int hi = n;
        while (lo < hi) {
            int mid = (lo + hi) >>> 1;
            if (Bytes.u16(b, deltas + 2 * mid) < delta) {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        return lo;
    }

    private static long count(byte[] b, int lane, int lo, int hi) {
        long count = 0;
        for (int t = lo; t < hi; t++) {
            count += Bytes.u32(b, lane + 4 * t);
        }
        return count;
    }

    private static double sum(byte[] b, int lane, int lo, int hi) {
        double sum = 0;
        for (int t = lo; t < hi; t++) {
            sum += Bytes.f64(b, lane + 8 * t);
        }
        return sum;
    }

    private static double min(Output o, byte[] b, int lane, int lo, int hi) {
        double min = Double.POSITIVE_INFINITY;
        for (int t = lo; t < hi; t++) {
            double v = Bytes.f64(b, lane + 8 * t);
            if (v < min) {
                min = v;
            }
        }
        return min == Double.POSITIVE_INFINITY ? o.whenEmpty() : min;
    }

    private static double max(Output o, byte[] b, int lane, int lo, int hi) {
        double max = Double.NEGATIVE_INFINITY;
        for (int t = lo; t < hi; t++) {
            double v = Bytes.f64(b, lane + 8 * t);
            if (v > max) {
                max = v;
            }
        }
        return max == Double.NEGATIVE_INFINITY ? o.whenEmpty() : max;
    }

    /** Chan's pairwise merge, tile by tile. */
    private static double moments(Output o, byte[] b, int lane, int n, int lo, int hi) {
        double count = 0;
        double mean = 0;
        double m2 = 0;
        for (int t = lo; t < hi; t++) {
            double c = Bytes.u32(b, lane + 4 * t);
            if (c > 0) {
                double delta = Bytes.f64(b, lane + 4 * n + 8 * t) - mean;
                double total = count + c;
                mean += delta * c / total;
                m2 += Bytes.f64(b, lane + 12 * n + 8 * t) + delta * delta * count * c / total;
                count = total;
            }
        }
        if (count < 2) {
            return o.whenEmpty();
        }
        double variance = m2 / (count - 1);
        return o.function() == AggregationFunction.STDDEV ? Math.sqrt(variance) : variance;
    }

    private static int firstTimed(byte[] b, int lane, int lo, int hi) {
        for (int t = lo; t < hi; t++) {
            if (Bytes.u32(b, lane + 4 * t) != Ir.NO_TIME) {
                return t;
            }
        }
        return -1;
    }

    private static int lastTimed(byte[] b, int lane, int lo, int hi) {
        for (int t = hi - 1; t >= lo; t--) {
            if (Bytes.u32(b, lane + 4 * t) != Ir.NO_TIME) {
                return t;
            }
        }
        return -1;
    }

    private static long time(TileLevel level, byte[] b, int deltas, long first, int lane, int t) {
        return (first + Bytes.u16(b, deltas + 2 * t)) * level.hopMs + Bytes.u32(b, lane + 4 * t);
    }

    private static void readCells(
            Output o, TileLevel level, byte[] b, int at, int n, int lo, int hi, double[] out, int to) {
        int p = at + level.fixedBytes(n);
        for (int i = 0; i < o.cell(); i++) {
            p = skip(level.cells.get(i), b, p, n);
        }
        p = skip(o.ir(), b, p, Math.min(lo, n));
        switch (o.function()) {
            case APPROX_COUNT_DISTINCT -> out[to] = DistinctMerge.count(o.ir(), b, p, hi - lo);
            case APPROX_PERCENTILE -> out[to] = QuantileMerge.quantile(b, p, hi - lo, o.arg(), o.whenEmpty());
            case FIRST_N -> {
                int filled = 0;
                for (int t = lo; t < hi && filled < o.width(); t++) {
                    int size = Bytes.u8(b, p);
                    for (int i = 0; i < size && filled < o.width(); i++) {
                        out[to + filled++] = Bytes.f64(b, p + 5 + i * TimedCell.ENTRY);
                    }
                    p += 1 + size * TimedCell.ENTRY;
                }
                fill(o, out, to, filled);
            }
            case LAST_N -> {
                // forwards, because cells can only be walked that way: the last n of all stay
                int skip = -o.width();
                int q = p;
                for (int t = lo; t < hi; t++) {
                    int size = Bytes.u8(b, q);
                    skip += size;
                    q += 1 + size * TimedCell.ENTRY;
                }
                int filled = Math.min(o.width(), skip + o.width());
                skip = Math.max(0, skip);
                int place = to + filled - 1;
                for (int t = lo; t < hi; t++) {
                    int size = Bytes.u8(b, p);
                    for (int i = 0; i < size; i++) {
                        if (skip > 0) {
                            skip--;
                        } else {
                            out[place--] = Bytes.f64(b, p + 5 + i * TimedCell.ENTRY);
                        }
                    }
                    p += 1 + size * TimedCell.ENTRY;
                }
                fill(o, out, to, filled);
            }
            default -> out[to] = o.whenEmpty();
        }
    }

    private static void fill(Output o, double[] out, int to, int filled) {
        for (int i = filled; i < o.width(); i++) {
            out[to + i] = o.whenEmpty();
        }
    }

    private static int skip(Ir ir, byte[] b, int at, int n) {
        int p = at;
        for (int t = 0; t < n; t++) {
            p += TileCell.length(ir, b, p);
        }
        return p;
    }
}
