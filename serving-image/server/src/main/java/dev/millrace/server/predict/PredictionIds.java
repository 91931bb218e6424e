package dev.millrace.server.predict;

import java.util.concurrent.ThreadLocalRandom;

/** ULIDs: 26 characters of Crockford's base 32, 48 bits of time in ms and 80 random ones; they sort by time. */
public final class PredictionIds {
    private static final char[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

    private PredictionIds() {}

    /** A new id. */
    public static String next(long nowMs) {
        char[] id = new char[26];
        long time = nowMs;
        for (int i = 9; i >= 0; i--) {
            id[i] = ALPHABET[(int) (time & 31)];
            time >>>= 5;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        fill(id, 10, random.nextLong());
        fill(id, 18, random.nextLong());
        return new String(id);
    }

    private static void fill(char[] id, int from, long bits) {
        long left = bits;
        for (int i = from; i < from + 8; i++) {
            id[i] = ALPHABET[(int) (left & 31)];
            left >>>= 5;
        }
    }
}
