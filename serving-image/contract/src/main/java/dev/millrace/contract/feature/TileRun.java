package dev.millrace.contract.feature;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The live tiles of one level of one entity, ascending. It behaves as a ring with slot {@code tile mod slots} (a new
 * tile displaces the one that is {@code slots} older) but takes room only for tiles that have events.
 */
final class TileRun {
    private final TileLevel level;
    private int n;
    private long[] tiles;
    private final double[][] lanes;
    private final @Nullable TileCell[][] cells;

    TileRun(TileLevel level) {
        this(level, 4);
    }

    private TileRun(TileLevel level, int capacity) {
        this.level = level;
        this.tiles = new long[capacity];
        this.lanes = new double[level.lanes.length][capacity];
        this.cells = new @Nullable TileCell[level.cells.size()][capacity];
    }

    /** Counts an event in its tile; false when the ring, with its head at {@code headMs}, is past it. */
    boolean add(long timeMs, long headMs, EventColumns event) {
        long oldest = level.tile(headMs) - level.slots + 1;
        int dead = 0;
        while (dead < n && tiles[dead] < oldest) {
            dead++;
        }
        remove(dead);
        long tile = level.tile(timeMs);
        if (tile < oldest) {
            return false;
        }
        int at = n;
        while (at > 0 && tiles[at - 1] >= tile) {
            at--;
        }
        if (at == n || tiles[at] != tile) {
            insert(at, tile);
        }
        long offset = timeMs - tile * level.hopMs;
        for (int i = 0; i < level.laneOf.length; i++) {
            Ir ir = level.fixed.get(i);
            if (isPresent(ir, event)) {
                addToLanes(ir, level.laneOf[i], at, offset, event);
            }
        }
        for (int i = 0; i < cells.length; i++) {
            Ir ir = level.cells.get(i);
            if (isPresent(ir, event)) {
                addToCell(ir, i, at, offset, event);
            }
        }
        return true;
    }

    private static boolean isPresent(Ir ir, EventColumns event) {
        if (ir.column() == Ir.EVERY_EVENT) {
            return true;
        }
        if (event.isNull(ir.column())) {
            return false;
        }
        return switch (ir.kind()) {
            case COUNT, LAST_TIME, DISTINCT -> true;
            default -> Double.isFinite(event.number(ir.column()));
        };
    }

    private void addToLanes(Ir ir, int lane, int at, long offset, EventColumns event) {
        double[] first = lanes[lane];
        switch (ir.kind()) {
            case COUNT, NUMBERS -> first[at] = Math.min(first[at] + 1, 0xffff_ffffL);
            case SUM -> first[at] += event.number(ir.column());
            case DECAYED -> first[at] += event.number(ir.column()) * Decay.factor(level.hopMs - offset, ir.size());
            case MIN -> {
                double v = event.number(ir.column());
                first[at] = Double.isNaN(first[at]) ? v : Math.min(first[at], v);
            }
            case MAX -> {
                double v = event.number(ir.column());
                first[at] = Double.isNaN(first[at]) ? v : Math.max(first[at], v);
            }
            case MOMENTS -> {
                double v = event.number(ir.column());
                double count = Math.min(first[at] + 1, 0xffff_ffffL);
                double delta = v - lanes[lane + 1][at];
                first[at] = count;
                lanes[lane + 1][at] += delta / count;
                lanes[lane + 2][at] += delta * (v - lanes[lane + 1][at]);
            }
            case FIRST -> {
                if (first[at] == Ir.NO_TIME || offset < first[at]) {
                    first[at] = offset;
                    lanes[lane + 1][at] = event.number(ir.column());
                }
            }
            case LAST -> {
                if (first[at] == Ir.NO_TIME || offset >= first[at]) {
                    first[at] = offset;
                    lanes[lane + 1][at] = event.number(ir.column());
                }
            }
            case LAST_TIME -> first[at] = first[at] == Ir.NO_TIME ? offset : Math.max(first[at], offset);
            case DISTINCT, QUANTILES, FIRST_N, LAST_N -> throw new IllegalStateException(ir.kind() + " has no lanes");
        }
    }

    private void addToCell(Ir ir, int i, int at, long offset, EventColumns event) {
        TileCell cell = cells[i][at];
        if (cell == null) {
            cell = TileCell.empty(ir);
            cells[i][at] = cell;
        }
        if (cell instanceof DistinctCell distinct) {
            distinct.add(event.hash(ir.column()));
        } else if (cell instanceof QuantileCell quantiles) {
            quantiles.add(event.number(ir.column()));
        } else if (cell instanceof TimedCell timed) {
            timed.add(offset, event.number(ir.column()));
            if (ir.kind() == Ir.Kind.LAST_N) {
                keepNewest(i, ir.size());
            }
        }
    }

    /** The n newest values of the whole level are all that a window can ever ask for: its new edge never moves back. */
    private void keepNewest(int i, int left) {
        for (int at = n - 1; at >= 0; at--) {
            if (cells[i][at] instanceof TimedCell timed) {
                timed.keepLast(left);
                left -= timed.size();
            }
        }
    }

    private void insert(int at, long tile) {
        if (n == tiles.length) {
            int capacity = 2 * n;
            tiles = Arrays.copyOf(tiles, capacity);
            for (int i = 0; i < lanes.length; i++) {
                lanes[i] = Arrays.copyOf(lanes[i], capacity);
            }
            for (int i = 0; i < cells.length; i++) {
                cells[i] = Arrays.copyOf(cells[i], capacity);
            }
        }
        System.arraycopy(tiles, at, tiles, at + 1, n - at);
        tiles[at] = tile;
        for (double[] lane : lanes) {
            System.arraycopy(lane, at, lane, at + 1, n - at);
            lane[at] = 0;
        }
        for (@Nullable TileCell[] column : cells) {
            System.arraycopy(column, at, column, at + 1, n - at);
            column[at] = null;
        }
        for (int i = 0; i < level.laneOf.length; i++) {
            switch (level.fixed.get(i).kind()) {
                case MIN, MAX -> lanes[level.laneOf[i]][at] = Double.NaN;
                case FIRST, LAST, LAST_TIME -> lanes[level.laneOf[i]][at] = Ir.NO_TIME;
                default -> {}
            }
        }
        n++;
    }

    private void remove(int dead) {
        if (dead == 0) {
            return;
        }
        n -= dead;
        System.arraycopy(tiles, dead, tiles, 0, n);
        for (double[] lane : lanes) {
            System.arraycopy(lane, dead, lane, 0, n);
        }
        for (@Nullable TileCell[] column : cells) {
            System.arraycopy(column, dead, column, 0, n);
            Arrays.fill(column, n, n + dead, null);
        }
    }

    int length() {
        int length = level.fixedBytes(n);
        for (int i = 0; i < cells.length; i++) {
            for (int t = 0; t < n; t++) {
                TileCell cell = cells[i][t];
                length += cell == null ? TileCell.emptyLength(level.cells.get(i)) : cell.length();
            }
        }
        return length;
    }

    /** Writes {@link #length()} bytes and returns the place behind them. */
    int write(byte[] b, int at) {
        Bytes.put16(b, at, n);
        if (n == 0) {
            return at + 2;
        }
        Bytes.put64(b, at + 2, tiles[0]);
        int p = at + 10;
        for (int t = 0; t < n; t++, p += 2) {
            Bytes.put16(b, p, (int) (tiles[t] - tiles[0]));
        }
        for (int i = 0; i < lanes.length; i++) {
            double[] lane = lanes[i];
            if (level.lanes[i] == Ir.Lane.U32) {
                for (int t = 0; t < n; t++, p += 4) {
                    Bytes.put32(b, p, (long) lane[t]);
                }
            } else {
                for (int t = 0; t < n; t++, p += 8) {
                    Bytes.putF64(b, p, lane[t]);
                }
            }
        }
        for (int i = 0; i < cells.length; i++) {
            for (int t = 0; t < n; t++) {
                TileCell cell = cells[i][t];
                if (cell == null) {
                    // a count of zero, in one byte or two
                    p += TileCell.emptyLength(level.cells.get(i));
                } else {
                    cell.write(b, p);
                    p += cell.length();
                }
            }
        }
        return p;
    }

    /**
     * Reads a level at a place that {@link TileBody#check} has accepted.
     */
    static TileRun read(TileLevel level, byte[] b, int at) {
        int n = Bytes.u16(b, at);
        // one more, because a decoded state is about to get an event
        TileRun run = new TileRun(level, n + 1);
        if (n == 0) {
            return run;
        }
        run.n = n;
        long first = Bytes.i64(b, at + 2);
        int p = at + 10;
        for (int t = 0; t < n; t++, p += 2) {
            run.tiles[t] = first + Bytes.u16(b, p);
        }
        for (int i = 0; i < run.lanes.length; i++) {
            double[] lane = run.lanes[i];
            if (level.lanes[i] == Ir.Lane.U32) {
                for (int t = 0; t < n; t++, p += 4) {
                    lane[t] = Bytes.u32(b, p);
                }
            } else {
                for (int t = 0; t < n; t++, p += 8) {
                    lane[t] = Bytes.f64(b, p);
                }
            }
        }
        for (int i = 0; i < run.cells.length; i++) {
            Ir ir = level.cells.get(i);
            for (int t = 0; t < n; t++) {
                int length = TileCell.length(ir, b, p);
                if (length > TileCell.emptyLength(ir)) {
                    run.cells[i][t] = TileCell.read(ir, b, p);
                }
                p += length;
            }
        }
        return run;
    }
}
