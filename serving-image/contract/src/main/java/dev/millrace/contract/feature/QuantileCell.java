package dev.millrace.contract.feature;

import java.util.Arrays;

/** {@code u16 buckets}; when there are any: {@code u8 level, {i16 key, u32 count} × buckets}, ascending. */
final class QuantileCell implements TileCell {
    static final int HEAD = 3;
    static final int ENTRY = 6;

    private int level;
    private int[] keys = new int[4];
    private long[] counts = new long[4];
    private int n;

    void add(double value) {
        int key = Quantiles.collapsed(Quantiles.key(value), level);
        int at = Arrays.binarySearch(keys, 0, n, key);
        if (at >= 0) {
            counts[at] = Math.min(counts[at] + 1, 0xffff_ffffL);
            return;
        }
        at = -1 - at;
        if (n == keys.length) {
            keys = Arrays.copyOf(keys, 2 * n);
            counts = Arrays.copyOf(counts, 2 * n);
        }
        System.arraycopy(keys, at, keys, at + 1, n - at);
        System.arraycopy(counts, at, counts, at + 1, n - at);
        keys[at] = key;
        counts[at] = 1;
        n++;
        while (n > Quantiles.MAX_BUCKETS) {
            collapse();
        }
    }

    private void collapse() {
        level++;
        int kept = 0;
        for (int i = 0; i < n; i++) {
            int key = Quantiles.collapsed(keys[i], 1);
            if (kept > 0 && keys[kept - 1] == key) {
                counts[kept - 1] = Math.min(counts[kept - 1] + counts[i], 0xffff_ffffL);
            } else {
                keys[kept] = key;
                counts[kept++] = counts[i];
            }
        }
        n = kept;
    }

    @Override
    public int length() {
        return n == 0 ? 2 : HEAD + n * ENTRY;
    }

    @Override
    public void write(byte[] b, int at) {
        Bytes.put16(b, at, n);
        if (n == 0) {
            return;
        }
        b[at + 2] = (byte) level;
        for (int i = 0, p = at + HEAD; i < n; i++, p += ENTRY) {
            Bytes.put16(b, p, keys[i] & 0xffff);
            Bytes.put32(b, p + 2, counts[i]);
        }
    }

    /** Bytes of an encoded cell; -1 when it is corrupt. */
    static int length(byte[] b, int at) {
        if (at + 2 > b.length) {
            return -1;
        }
        int n = Bytes.u16(b, at);
        if (n == 0) {
            return 2;
        }
        return n > Quantiles.MAX_BUCKETS || at + HEAD > b.length || Bytes.u8(b, at + 2) > Quantiles.MAX_LEVEL
                ? -1
                : HEAD + n * ENTRY;
    }

    static QuantileCell read(byte[] b, int at) {
        QuantileCell cell = new QuantileCell();
        cell.n = Bytes.u16(b, at);
        if (cell.n == 0) {
            return cell;
        }
        cell.level = Bytes.u8(b, at + 2);
        cell.keys = new int[cell.n];
        cell.counts = new long[cell.n];
        for (int i = 0, p = at + HEAD; i < cell.n; i++, p += ENTRY) {
            cell.keys[i] = (short) Bytes.u16(b, p);
            cell.counts[i] = Bytes.u32(b, p + 2);
        }
        return cell;
    }
}
