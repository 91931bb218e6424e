package dev.millrace.server.predict;

import java.util.List;

/**
 * A 128-bit hash (MurmurHash3 x64, over 64-bit words): wide enough that two requests of a server's life do not share one
 * by chance. Not for adversaries: it keys a cache whose worst case is another caller's answer, so the seed is random for
 * each process.
 */
public record Hash128(long high, long low) {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    /** Of numbers, bit by bit: −0.0 and 0.0 differ. */
    public static Hash128 of(long seed, double[] values) {
        State s = new State(seed);
        for (double v : values) {
            s.add(Double.doubleToLongBits(v));
        }
        return s.finish(values.length);
    }

    /** Of ids and numbers. */
    public static Hash128 of(long seed, List<String> ids, double[] values) {
        State s = new State(seed);
        for (String id : ids) {
            s.add(id.length());
            for (int i = 0; i < id.length(); i++) {
                s.add(id.charAt(i));
            }
        }
        for (double v : values) {
            s.add(Double.doubleToLongBits(v));
        }
        return s.finish(ids.size() + values.length);
    }

    private static final class State {
        private long h1;
        private long h2;
        private boolean odd;

        State(long seed) {
            h1 = seed;
            h2 = seed;
        }

        void add(long word) {
            if (!odd) {
                h1 ^= Long.rotateLeft(word * C1, 31) * C2;
                h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            } else {
                h2 ^= Long.rotateLeft(word * C2, 33) * C1;
                h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
            }
            odd = !odd;
        }

        Hash128 finish(int length) {
            long a = h1 ^ length;
            long b = h2 ^ length;
            a += b;
            b += a;
            a = mix(a);
            b = mix(b);
            a += b;
            b += a;
            return new Hash128(a, b);
        }

        private static long mix(long k) {
            long h = k;
            h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
            h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
            return h ^ (h >>> 33);
        }
    }
}
