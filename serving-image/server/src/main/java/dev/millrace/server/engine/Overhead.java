package dev.millrace.server.engine;

import java.util.Arrays;

/**
 * The time of a request outside the scheduler, from rounds of calls on a machine that others use too. What disturbs a round
 * (another process, a collection, a share of the processor that is used up) only ever adds time, and comes in bursts: so the
 * least disturbed round tells what the server itself takes, and within it the few slowest calls are not looked at.
 */
public final class Overhead {
    /** A quantile that one call in ten cannot move. */
    private static final double QUANTILE = 0.9;
    /** A round of fewer calls may be short for having been disturbed. */
    private static final int FEWEST = 20;

    private double least = Double.POSITIVE_INFINITY;

    /** Calls in a row, each in ms; too few of them say nothing. */
    public void round(double[] ms) {
        if (ms.length >= FEWEST) {
            least = Math.min(least, quantile(ms, QUANTILE));
        }
    }

    /** 0 before the first round. */
    public double ms() {
        return Double.isInfinite(least) ? 0 : least;
    }

    /** The smallest value that this share of the values does not exceed; 0 of none. */
    public static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(sorted.length * share) - 1)];
    }
}
