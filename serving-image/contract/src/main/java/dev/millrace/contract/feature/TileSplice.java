package dev.millrace.contract.feature;

import org.jspecify.annotations.Nullable;

/**
 * Joins what the batch and the stream of a hybrid group stored of one entity into the value that one stream would have
 * stored that saw every event. Immutable, for any number of threads.
 *
 * <p>The cut is the batch's end, rounded down to a tile of each level: a tile before it is the batch's alone, the others are
 * the stream's alone. So an event counts once, whichever of the two came first and however many entities a run has reached.
 */
public final class TileSplice {
    private final TileLayout layout;

    /** @param layout of whole windows */
    public TileSplice(TileLayout layout) {
        this.layout = layout;
    }

    /**
     * @param batch the value of the batch; null when the entity has none
     * @param stream the value of the stream; null when the entity has none
     * @param cutMs the end of the batch; {@link Long#MIN_VALUE} when there never was one
     * @return a value for a {@link TileReader} of the same layout; null when one of the two is corrupt or of another layout
     */
    public byte @Nullable [] join(byte @Nullable [] batch, byte @Nullable [] stream, long cutMs) {
        int levels = layout.levels.size();
        Part[] before = parts(batch, cutMs, true);
        Part[] after = parts(stream, cutMs, false);
        if (before == null || after == null) {
            return null;
        }
        int size = ValueHeader.SIZE;
        for (int i = 0; i < levels; i++) {
            Part newest = after[i].isEmpty() ? before[i] : after[i];
            if (!newest.isEmpty()) {
                // what no window of the level reaches any more
                long oldest = newest.tile(newest.to - 1) - layout.levels.get(i).slots + 1;
                before[i].skipBefore(oldest);
                after[i].skipBefore(oldest);
            }
            size += length(layout.levels.get(i), before[i], after[i]);
        }
        byte[] joined = new byte[size];
        byte[] header = stream == null ? batch : stream;
        if (header != null) {
            System.arraycopy(header, 0, joined, 0, ValueHeader.SIZE);
        } else {
            new ValueHeader(0, 0, 0, 0, layout.schemaHash(), ValueHeader.TILES, levels, 0).write(joined);
        }
        int at = ValueHeader.SIZE;
        for (int i = 0; i < levels; i++) {
            at = write(layout.levels.get(i), before[i], after[i], joined, at);
        }
        return joined;
    }

    /** By level the tiles before the cut, or those from it on; null when the value cannot be read. */
    private Part @Nullable [] parts(byte @Nullable [] value, long cutMs, boolean before) {
        Part[] parts = new Part[layout.levels.size()];
        int at = ValueHeader.SIZE;
        if (value != null && !isTiles(value)) {
            return null;
        }
        for (int i = 0; i < parts.length; i++) {
            TileLevel level = layout.levels.get(i);
            if (value == null) {
                parts[i] = new Part();
                continue;
            }
            int end = TileBody.end(level, value, at);
            if (end < 0) {
                return null;
            }
            Part all = new Part(level, value, at);
            int cut = cutMs == Long.MIN_VALUE ? 0 : all.firstNotBefore(level.tile(cutMs));
            if (before) {
                all.to = cut;
            } else {
                all.from = cut;
            }
            parts[i] = all;
            at = end;
        }
        return value == null || at == value.length ? parts : null;
    }

    private boolean isTiles(byte[] value) {
        return value.length >= ValueHeader.SIZE
                && ValueHeader.schemaHash(value) == layout.schemaHash()
                && (Bytes.u8(value, 28) & ValueHeader.TILES) != 0
                && Bytes.u8(value, 29) == layout.levels.size();
    }

    private static int length(TileLevel level, Part before, Part after) {
        int bytes = level.fixedBytes(before.tiles() + after.tiles());
        for (int c = 0; c < level.cells.size(); c++) {
            bytes += before.cellsEnd(c) - before.cellsStart(c) + after.cellsEnd(c) - after.cellsStart(c);
        }
        return bytes;
    }

    private static int write(TileLevel level, Part before, Part after, byte[] out, int at) {
        int n = before.tiles() + after.tiles();
        Bytes.put16(out, at, n);
        if (n == 0) {
            return at + 2;
        }
        long first = before.isEmpty() ? after.tile(after.from) : before.tile(before.from);
        Bytes.put64(out, at + 2, first);
        int p = at + 10;
        for (Part part : new Part[] {before, after}) {
            for (int t = part.from; t < part.to; t++, p += 2) {
                Bytes.put16(out, p, (int) (part.tile(t) - first));
            }
        }
        for (int lane = 0; lane < level.lanes.length; lane++) {
            int width = level.lanes[lane].bytes;
            for (Part part : new Part[] {before, after}) {
                int length = part.tiles() * width;
                if (length > 0) {
                    System.arraycopy(part.bytes, part.lane(lane) + part.from * width, out, p, length);
                    p += length;
                }
            }
        }
        for (int c = 0; c < level.cells.size(); c++) {
            for (Part part : new Part[] {before, after}) {
                int length = part.cellsEnd(c) - part.cellsStart(c);
                System.arraycopy(part.bytes, part.cellsStart(c), out, p, length);
                p += length;
            }
        }
        return p;
    }

    /** Tiles {@code [from, to)} of a level in a value that was found complete. */
    private static final class Part {
        private final byte[] bytes;
        private final int at;
        private final int all;
        private final long first;
        private final @Nullable TileLevel level;
        private int from;
        private int to;

        /** Of a value that is not there. */
        Part() {
            this.bytes = new byte[0];
            this.at = 0;
            this.all = 0;
            this.first = 0;
            this.level = null;
        }

        Part(TileLevel level, byte[] bytes, int at) {
            this.level = level;
            this.bytes = bytes;
            this.at = at;
            this.all = Bytes.u16(bytes, at);
            this.first = all == 0 ? 0 : Bytes.i64(bytes, at + 2);
            this.to = all;
        }

        boolean isEmpty() {
            return from >= to;
        }

        int tiles() {
            return Math.max(0, to - from);
        }

        long tile(int i) {
            return first + Bytes.u16(bytes, at + 10 + 2 * i);
        }

        int firstNotBefore(long tile) {
            int i = 0;
            while (i < all && tile(i) < tile) {
                i++;
            }
            return i;
        }

        void skipBefore(long tile) {
            if (!isEmpty()) {
                from = Math.max(from, firstNotBefore(tile));
            }
        }

        /** First byte of a lane, that of the level's first tile. */
        int lane(int lane) {
            return at + 10 + all * (2 + (level == null ? 0 : level.laneBytes[lane]));
        }

        /** First byte of the part's cells of a kind. */
        int cellsStart(int cell) {
            return isEmpty() ? 0 : cell(cell, from);
        }

        int cellsEnd(int cell) {
            return isEmpty() ? 0 : cell(cell, to);
        }

        private int cell(int cell, int tile) {
            if (level == null) {
                return 0;
            }
            int p = at + level.fixedBytes(all);
            for (int c = 0; c <= cell; c++) {
                int last = c == cell ? tile : all;
                for (int t = 0; t < last; t++) {
                    p += TileCell.length(level.cells.get(c), bytes, p);
                }
            }
            return p;
        }
    }
}
