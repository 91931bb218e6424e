package dev.millrace.contract.feature;

/** Exponential decay. Powers are {@link StrictMath}'s: the same on every machine. */
final class Decay {
    private Decay() {}

    /** What is left of one after a time: 2^(−time / half-life). */
    static double factor(long ms, int halfLifeSeconds) {
        return StrictMath.pow(0.5, ms / (1000.0 * halfLifeSeconds));
    }

    /** The tiles of a window, each of which holds its sum as of its own end; from the oldest on, as Horner would. */
    static double sum(
            Output o, TileLevel level, byte[] b, int deltas, long first, int lane, int lo, int hi, long nowMs) {
        double hop = factor(level.hopMs, o.arg());
        double sum = 0;
        int before = 0;
        for (int t = lo; t < hi; t++) {
            int delta = Bytes.u16(b, deltas + 2 * t);
            int hops = delta - before;
            sum = sum * (t == lo ? 0 : hops == 1 ? hop : factor(hops * level.hopMs, o.arg()))
                    + Bytes.f64(b, lane + 8 * t);
            before = delta;
        }
        return lo >= hi ? 0 : sum * factor(nowMs - (first + before + 1) * level.hopMs, o.arg());
    }
}
