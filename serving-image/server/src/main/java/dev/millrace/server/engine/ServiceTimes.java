package dev.millrace.server.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * S(n): how long an execution of n rows takes, for each power of two: the median, and the 95th percentile for those who want
 * to be sure. Both move slowly: on a machine that is shared some executions take many times the usual. The warm-up sweep
 * gives the first values; each execution moves those of its size.
 */
public final class ServiceTimes {
    /** A step of 5 % follows a change of load within some tens of executions and forgets a single hiccup as fast. */
    private static final double STEP = 0.05;

    private static final double MEDIAN = 0.5;
    private static final double HIGH = 0.95;

    private final AtomicLongArray typical;
    private final AtomicLongArray high;

    public ServiceTimes(int maxRows) {
        int sizes = bucket(Math.max(1, maxRows)) + 1;
        typical = new AtomicLongArray(sizes);
        high = new AtomicLongArray(sizes);
    }

    /** One measured execution. Lost updates between threads do not matter. */
    public void observe(int rows, long runNanos) {
        int b = own(rows);
        move(typical, b, runNanos, MEDIAN);
        move(high, b, runNanos, HIGH);
        if (high.get(b) < typical.get(b)) {
            high.set(b, typical.get(b));
        }
        follow(typical, b);
        follow(high, b);
    }

    private static void move(AtomicLongArray nanos, int b, long runNanos, double quantile) {
        long q = nanos.get(b);
        if (q == 0) {
            nanos.set(b, Math.max(1, runNanos));
        } else {
            double move = runNanos > q ? quantile : quantile - 1;
            nanos.set(b, Math.max(1, Math.round(q * (1 + STEP * move))));
        }
    }

    /**
     * A larger execution takes no less than a smaller one, and no more than as many of those as it takes. What was learnt of
     * a size in another moment, on a machine that was more or less busy, gives way to what this moment says of the size that
     * executes: else sizes that once looked slow would never be executed again, and so look slow for ever.
     */
    private static void follow(AtomicLongArray nanos, int executed) {
        long fresh = nanos.get(executed);
        for (int b = 0; b < nanos.length(); b++) {
            long q = nanos.get(b);
            if (q > 0 && b != executed) {
                long least = b > executed ? fresh : fresh >> (executed - b);
                long most = b > executed ? fresh << (b - executed) : fresh;
                if (q < least || q > most) {
                    nanos.set(b, Math.max(1, Math.max(least, Math.min(most, q))));
                }
            }
        }
    }

    /** What the sweep measured; replaces what is known. */
    public void seed(int rows, long runNanos) {
        seed(rows, runNanos, runNanos);
    }

    /** {@code typicalNanos}: half of the executions take no longer; {@code highNanos}: nearly all. */
    public void seed(int rows, long typicalNanos, long highNanos) {
        typical.set(own(rows), Math.max(1, typicalNanos));
        high.set(own(rows), Math.max(1, Math.max(typicalNanos, highNanos)));
    }

    /** What nearly all executions of {@code rows} stay below; 0 when nothing of that size or larger is known. */
    public long estimate(int rows) {
        return estimate(high, rows);
    }

    /** What an execution of {@code rows} takes as a rule; 0 when nothing of that size or larger is known. */
    public long typical(int rows) {
        return estimate(typical, rows);
    }

    private long estimate(AtomicLongArray nanos, int rows) {
        for (int b = own(rows); b < nanos.length(); b++) {
            long q = nanos.get(b);
            if (q > 0) {
                return q;
            }
        }
        return 0;
    }

    private int own(int rows) {
        return Math.min(bucket(rows), typical.length() - 1);
    }

    /** Smallest k with 2^k >= rows. */
    private static int bucket(int rows) {
        return 32 - Integer.numberOfLeadingZeros(rows - 1);
    }
}
