package dev.millrace.contract.feature;

/** Where the levels of an encoded body lie. Everything that a corrupt body could do is found here, before it is read. */
final class TileBody {
    private TileBody() {}

    /** The place behind a level; -1 when the level is corrupt or runs over the end. */
    static int end(TileLevel level, byte[] b, int at) {
        if (at + 2 > b.length) {
            return -1;
        }
        int n = Bytes.u16(b, at);
        long fixed = n == 0 ? 2 : 10L + (long) n * (2 + level.tileBytes);
        if (n > level.slots || at + fixed > b.length) {
            return -1;
        }
        int p = (int) (at + fixed);
        for (int i = 0; i < level.cells.size(); i++) {
            Ir ir = level.cells.get(i);
            for (int t = 0; t < n; t++) {
                int length = TileCell.length(ir, b, p);
                if (length < 0) {
                    return -1;
                }
                p += length;
            }
        }
        return p;
    }

    /** Whether all levels lie complete from a place to the end. */
    static boolean check(TileLayout layout, byte[] b, int at) {
        int p = at;
        for (int i = 0; i < layout.levels.size(); i++) {
            p = end(layout.levels.get(i), b, p);
            if (p < 0) {
                return false;
            }
        }
        return p == b.length;
    }
}
