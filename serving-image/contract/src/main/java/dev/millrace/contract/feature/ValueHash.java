package dev.millrace.contract.feature;

/**
 * The 64-bit hash of a value for distinct counts. It is part of the contract: the same value must hash alike in the
 * aggregator, in a training set and after a restart.
 *
 * <p>Integers hash by value whatever their type (17, 17.0); strings by their UTF-16 units; booleans as 0 and 1.
 */
public final class ValueHash {
    private ValueHash() {}

    /** FNV-1a over the units, then the finalizer of MurmurHash3, which FNV needs to spread its low bits. */
    public static long of(CharSequence text) {
        long h = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(h);
    }

    /** An integer. */
    public static long of(long value) {
        return mix(value + 0x9e3779b97f4a7c15L);
    }

    /** A number: as {@link #of(long)} when it is a whole one. */
    public static long of(double value) {
        if (value == Math.rint(value) && Math.abs(value) <= 0x1p62) {
            return of((long) value);
        }
        return mix(Double.doubleToLongBits(value) ^ 0xd6e8feb86659fd93L);
    }

    /** A boolean. */
    public static long of(boolean value) {
        return of(value ? 1L : 0L);
    }

    /** The finalizer of MurmurHash3: a bijection in which every input bit reaches every output bit. */
    static long mix(long h) {
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
