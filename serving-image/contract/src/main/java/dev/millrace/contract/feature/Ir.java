package dev.millrace.contract.feature;

import java.util.List;

/**
 * A mergeable intermediate result that every tile of a level holds. Several aggregations may read the same one: {@code
 * avg} is {@code SUM} and {@code NUMBERS} of its column.
 *
 * @param column index in {@link TileLayout#columns()}, or {@link #EVERY_EVENT}
 * @param size registers exponent of {@code DISTINCT}, n of the lists, half-life of {@code DECAYED} in seconds, else 0
 */
record Ir(Kind kind, int column, int size) {
    static final int EVERY_EVENT = -1;
    /** In a time lane: the tile has no such event. Greater than any offset in a tile of at most 7 days. */
    static final long NO_TIME = 0xffff_ffffL;

    /** How a lane stands in the bytes. */
    enum Lane {
        U32(4),
        F64(8);

        final int bytes;

        Lane(int bytes) {
            this.bytes = bytes;
        }
    }

    /** Fixed kinds have lanes, one number per tile each; the others one cell of varying length per tile. */
    enum Kind {
        /** Events, or those in which the column is present, whatever its type. */
        COUNT(Lane.U32),
        /** Finite numbers in the column: what a sum is divided by. */
        NUMBERS(Lane.U32),
        SUM(Lane.F64),
        /** Sum as it is at the end of the tile. */
        DECAYED(Lane.F64),
        /** NaN: no value. */
        MIN(Lane.F64),
        /** NaN: no value. */
        MAX(Lane.F64),
        /** n, mean, sum of squared distances from the mean. */
        MOMENTS(Lane.U32, Lane.F64, Lane.F64),
        /** ms since the tile's start, value. */
        FIRST(Lane.U32, Lane.F64),
        /** ms since the tile's start, value. */
        LAST(Lane.U32, Lane.F64),
        /** ms since the tile's start. */
        LAST_TIME(Lane.U32),
        DISTINCT(),
        QUANTILES(),
        FIRST_N(),
        LAST_N();

        final List<Lane> lanes;

        Kind(Lane... lanes) {
            this.lanes = List.of(lanes);
        }

        boolean isFixed() {
            return !lanes.isEmpty();
        }
    }
}
