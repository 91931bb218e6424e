package dev.millrace.contract.feature;

import java.util.Arrays;

/** A quantile of a window, straight from the bytes of its cells. */
final class QuantileMerge {
    /** {@code args.q} is kept in millionths, so that ranks are whole-number arithmetic. */
    static final int ONE = 1_000_000;

    private QuantileMerge() {}

    /**
     * The value of rank ⌈q·count⌉, counted from the smallest, at least 1.
     *
     * @param at first of {@code n} complete cells, as {@link TileBody} has checked
     * @param q in millionths
     */
    static double quantile(byte[] b, int at, int n, int q, double whenEmpty) {
        int level = 0;
        int entries = 0;
        int p = at;
        for (int t = 0; t < n; t++) {
            int size = Bytes.u16(b, p);
            if (size > 0) {
                level = Math.max(level, Bytes.u8(b, p + 2));
                entries += size;
            }
            p += size == 0 ? 2 : QuantileCell.HEAD + size * QuantileCell.ENTRY;
        }
        // key and count in one number: the order of the keys
        long[] buckets = new long[entries];
        long total = 0;
        int i = 0;
        p = at;
        for (int t = 0; t < n; t++) {
            int size = Bytes.u16(b, p);
            if (size == 0) {
                p += 2;
                continue;
            }
            int up = level - Bytes.u8(b, p + 2);
            p += QuantileCell.HEAD;
            for (int e = 0; e < size; e++, p += QuantileCell.ENTRY) {
                long count = Bytes.u32(b, p + 2);
                buckets[i++] = (long) Quantiles.collapsed((short) Bytes.u16(b, p), up) << 32 | count;
                total += count;
            }
        }
        if (total == 0) {
            return whenEmpty;
        }
        Arrays.sort(buckets);
        long rank = Math.max(1, (Math.min(total, Long.MAX_VALUE / ONE - 1) * q + ONE - 1) / ONE);
        long seen = 0;
        for (long bucket : buckets) {
            seen += bucket & 0xffff_ffffL;
            if (seen >= rank) {
                return Quantiles.value((int) (bucket >> 32), level);
            }
        }
        return Quantiles.value((int) (buckets[entries - 1] >> 32), level);
    }
}
