package dev.millrace.contract.feature;

/**
 * How an aggregation's window is cut into tiles.
 *
 * <p>A read at t covers {@code [floor_hop(t − W), t]}: the window's old edge moves in steps of a hop (a sawtooth), so a
 * value may include events up to one hop older than W.
 *
 * @param aggregation name
 * @param windowMs W
 * @param hopMs length of a tile
 * @param slots tiles that are kept
 * @param maxOverCoverage hop / W: the share by which the window may be too long, at most
 */
public record Window(String aggregation, long windowMs, long hopMs, int slots, double maxOverCoverage) {
    private static final long SECOND = 1_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    /**
     * Each is a multiple of the one before or close to it, and the steps are small enough that no window within 1 min
     * and 372 d takes more than about a hundred tiles. 2 h and 12 h are there for sketches of 1 d and 7 d.
     */
    private static final long[] HOPS = {
        5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY
    };

    /** A plain window has at least this many hops, so that it is at most 4.2 % too long. */
    private static final int PLAIN_HOPS = 24;
    /** A sketch is large: fewer tiles, at most 8.4 % too long. */
    private static final int SKETCH_HOPS = 12;

    /** The coarsest hop that is short enough for the window; 5 s when even that is too coarse. */
    static long hopMs(long windowMs, boolean sketch) {
        long limit = windowMs / (sketch ? SKETCH_HOPS : PLAIN_HOPS);
        long hop = HOPS[0];
        for (long h : HOPS) {
            if (h <= limit) {
                hop = h;
            }
        }
        return hop;
    }

    /**
     * Tiles that a read at any time from {@code eventTimeMax − aheadMs} on may need: the window's, and those that events
     * ahead of the reader's clock may have opened.
     */
    static int slots(long windowMs, long aheadMs, long hopMs) {
        return Math.toIntExact((windowMs + aheadMs + hopMs - 1) / hopMs + 1);
    }
}
