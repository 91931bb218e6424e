package dev.millrace.contract.feature;

/**
 * The buckets of {@code approx_percentile}: a histogram whose bounds are powers of one base, as in DDSketch (Masson, Rim
 * and Lee, 2019), which halves its resolution when it has too many buckets, as in UDDSketch (Epicoco et al., 2020).
 *
 * <p>A value's key tells its bucket: 0 for zero, 1 and up for the buckets of positive values, -1 and down for those of
 * negative ones; keys ascend as values do. At level 0 a bucket is 1/{@value #PER_OCTAVE} of an octave wide, so that its
 * representative is within 0.55 % of every value in it; each level above joins two neighbours. Keys come from comparisons
 * with a table, never from a logarithm: the same events give the same buckets on every machine, in whatever order and
 * however they are spread over tiles.
 */
final class Quantiles {
    /** Buckets of a tile; 256 at level 0 span a factor of 16 between the smallest and the largest value. */
    static final int MAX_BUCKETS = 256;

    /** Here three keys are left. */
    static final int MAX_LEVEL = 15;

    static final int PER_OCTAVE = 64;
    /** Smaller is zero, greater by as much is the last bucket. */
    private static final int MIN_EXPONENT = -200;

    private static final int MAX_KEY = -2 * MIN_EXPONENT * PER_OCTAVE;
    private static final double[] STEPS = new double[PER_OCTAVE];

    static {
        for (int i = 0; i < PER_OCTAVE; i++) {
            STEPS[i] = StrictMath.pow(2, (double) i / PER_OCTAVE);
        }
    }

    private Quantiles() {}

    /** At level 0, of a finite value. */
    static int key(double value) {
        double size = Math.abs(value);
        int exponent = Math.getExponent(size);
        if (exponent < MIN_EXPONENT) {
            return 0;
        }
        int key = MAX_KEY;
        if (exponent < -MIN_EXPONENT) {
            double fraction = Math.scalb(size, -exponent);
            int lo = 0;
            int hi = PER_OCTAVE;
            while (hi - lo > 1) {
                int mid = (lo + hi) >>> 1;
                if (STEPS[mid] <= fraction) {
                    lo = mid;
                } else {
                    hi = mid;
                }
            }
            key = (exponent - MIN_EXPONENT) * PER_OCTAVE + lo + 1;
        }
        return value < 0 ? -key : key;
    }

    /** The key of the same bucket some levels up. */
    static int collapsed(int key, int levels) {
        int up = (Math.abs(key) + (1 << levels) - 1) >> levels;
        return key < 0 ? -up : up;
    }

    /** What stands for all values of a bucket: as far from its lower bound as from its upper one, relative to them. */
    static double value(int key, int level) {
        if (key == 0) {
            return 0;
        }
        long size = Math.abs(key);
        double lo = bound((size - 1) << level);
        double hi = bound(size << level);
        double value = 2 / (1 / lo + 1 / hi);
        return key < 0 ? -value : value;
    }

    private static double bound(long step) {
        int s = (int) Math.min(step, MAX_KEY);
        return Math.scalb(STEPS[s % PER_OCTAVE], s / PER_OCTAVE + MIN_EXPONENT);
    }
}
