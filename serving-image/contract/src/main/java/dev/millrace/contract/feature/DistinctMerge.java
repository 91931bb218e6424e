package dev.millrace.contract.feature;

/** Union of the distinct cells of a window, straight from the bytes. */
final class DistinctMerge {
    /** Up to here the union of exact sets is counted exactly; a table of twice as many ints is cheap. */
    private static final int EXACT = 512;

    private DistinctMerge() {}

    /** Distinct values in {@code n} cells from a place on; complete cells, as {@link TileBody} has checked. */
    static double count(Ir ir, byte[] b, int at, int n) {
        int lgK = ir.size();
        int total = 0;
        int filled = 0;
        boolean exact = true;
        int p = at;
        for (int t = 0; t < n; t++) {
            int size = Bytes.u16(b, p);
            if (size == Distinct.DENSE) {
                exact = false;
            } else if (size > 0) {
                total += size;
                filled++;
            }
            p += TileCell.length(ir, b, p);
        }
        if (exact && (filled <= 1 || total <= EXACT)) {
            return filled <= 1 ? total : exact(ir, b, at, n, total);
        }
        byte[] registers = new byte[1 << lgK];
        p = at;
        for (int t = 0; t < n; t++) {
            int size = Bytes.u16(b, p);
            if (size == Distinct.DENSE) {
                for (int i = 0; i < registers.length; i++) {
                    registers[i] = (byte) Math.max(registers[i], b[p + 2 + i]);
                }
            } else {
                for (int i = 0; i < size; i++) {
                    Distinct.add(registers, lgK, Bytes.i32(b, p + 2 + 4 * i));
                }
            }
            p += TileCell.length(ir, b, p);
        }
        return Distinct.estimate(registers, lgK);
    }

    /** An open-addressing set; 0 marks a free place, so a hash of 0 is counted apart. */
    private static int exact(Ir ir, byte[] b, int at, int n, int total) {
        int[] set = new int[Integer.highestOneBit(total) << 2];
        int mask = set.length - 1;
        int count = 0;
        boolean zero = false;
        int p = at;
        for (int t = 0; t < n; t++) {
            int size = Bytes.u16(b, p);
            for (int i = 0; i < size; i++) {
                int h = Bytes.i32(b, p + 2 + 4 * i);
                if (h == 0) {
                    zero = true;
                    continue;
                }
                int slot = h & mask;
                while (set[slot] != 0 && set[slot] != h) {
                    slot = (slot + 1) & mask;
                }
                if (set[slot] == 0) {
                    set[slot] = h;
                    count++;
                }
            }
            p += TileCell.length(ir, b, p);
        }
        return zero ? count + 1 : count;
    }
}
