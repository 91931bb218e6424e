package dev.millrace.server.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * S(n): how long an execution of n rows takes, as a slowly moving 95th percentile for each power of two. The warm-up sweep
 * gives the first values; each execution moves one of them.
 */
public final class ServiceTimes {
    /** A step of 5 % follows a change of load within some tens of executions and forgets a single hiccup as fast. */
    private static final double STEP = 0.05;

    private static final double QUANTILE = 0.95;

    private final AtomicLongArray nanos;

    public ServiceTimes(int maxRows) {
        nanos = new AtomicLongArray(bucket(Math.max(1, maxRows)) + 1);
    }

    /** One measured execution. Lost updates between threads do not matter. */
    public void observe(int rows, long runNanos) {
        int b = Math.min(bucket(rows), nanos.length() - 1);
        long q = nanos.get(b);
        if (q == 0) {
            nanos.set(b, Math.max(1, runNanos));
        } else {
            double move = runNanos > q ? QUANTILE : QUANTILE - 1;
            nanos.set(b, Math.max(1, Math.round(q * (1 + STEP * move))));
        }
    }

    /** What the sweep measured; replaces what is known. */
    public void seed(int rows, long runNanos) {
        nanos.set(Math.min(bucket(rows), nanos.length() - 1), Math.max(1, runNanos));
    }

    /** Estimate for an execution of {@code rows}; 0 when nothing of that size or larger is known. */
    public long estimate(int rows) {
        for (int b = Math.min(bucket(rows), nanos.length() - 1); b < nanos.length(); b++) {
            long q = nanos.get(b);
            if (q > 0) {
                return q;
            }
        }
        return 0;
    }

    /** Smallest k with 2^k >= rows. */
    private static int bucket(int rows) {
        return 32 - Integer.numberOfLeadingZeros(rows - 1);
    }
}
