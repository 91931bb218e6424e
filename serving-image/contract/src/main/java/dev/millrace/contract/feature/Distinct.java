package dev.millrace.contract.feature;

/**
 * HyperLogLog on 32 bits of a hash: the arithmetic that a tile's cell and a read share.
 *
 * <p>A cell begins as an exact set of 32-bit hashes and turns into {@code 2^lgK} registers when the set would take more
 * bytes than they do. The estimator is Ertl's improved one (New cardinality estimation algorithms for HyperLogLog
 * sketches, 2017, algorithm 6): unbiased from 0 on, no empirical tables. Standard error 1.04/√2^lgK, 6.5 % at lgK = 8.
 */
final class Distinct {
    static final int DEFAULT_LG_K = 8;
    static final int MIN_LG_K = 4;
    static final int MAX_LG_K = 12;

    /** In place of a count of hashes: registers follow. */
    static final int DENSE = 0xffff;

    private Distinct() {}

    /** Hashes that the exact set holds at most: as many as fit the bytes of the registers. */
    static int sparseLimit(int lgK) {
        return (1 << lgK) / 4;
    }

    /** 32 bits of a caller's hash; mixed again, because not every caller's hash is good. */
    static int hash32(long hash) {
        return (int) (ValueHash.mix(hash) >>> 32);
    }

    /** Sets the register of one hash: its top lgK bits choose it, the run of zeros in the rest is its value. */
    static void add(byte[] registers, int lgK, int hash) {
        int register = hash >>> (32 - lgK);
        int rest = hash << lgK;
        int rank = rest == 0 ? 33 - lgK : Integer.numberOfLeadingZeros(rest) + 1;
        if (rank > registers[register]) {
            registers[register] = (byte) rank;
        }
    }

    static double estimate(byte[] registers, int lgK) {
        int q = 32 - lgK;
        int[] histogram = new int[q + 2];
        for (byte r : registers) {
            // a corrupt register must not throw
            histogram[Math.max(0, Math.min(q + 1, r))]++;
        }
        double m = registers.length;
        double z = m * tau(1 - histogram[q + 1] / m);
        for (int k = q; k >= 1; k--) {
            z = 0.5 * (z + histogram[k]);
        }
        z += m * sigma(histogram[0] / m);
        return m * m / (2 * Math.log(2) * z);
    }

    private static double sigma(double x) {
        if (x == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double y = 1;
        double z = x;
        double before;
        do {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (z != before);
        return z;
    }

    private static double tau(double x) {
        if (x == 0 || x == 1) {
            return 0;
        }
        double y = 1;
        double z = 1 - x;
        double before;
        do {
            x = Math.sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (z != before);
        return z / 3;
    }
}
