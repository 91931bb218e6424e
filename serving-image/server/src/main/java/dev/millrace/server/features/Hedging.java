package dev.millrace.server.features;

/**
 * When a read that is not answered is sent once more, on another connection: after the time within which 95 of 100 are, and
 * for one read of twenty at most, so that a store that is slow for all is not asked twice by all. For one event loop.
 */
final class Hedging {
    /** Timers of the event loop know no less. */
    static final long LEAST_NANOS = 1_000_000;

    private static final double QUANTILE = 0.95;
    private static final double SHARE = 0.05;
    /** What quiet times leave for a bad moment. */
    private static final double MOST_SAVED = 10;
    /** Of the estimate, for each read; so that it follows within some hundred reads. */
    private static final double STEP = 0.05;

    private static final int KNOWN_AFTER = 100;

    private double estimate = LEAST_NANOS;
    private double saved;
    private long seen;

    /** A read begins. Nanoseconds after which to hedge it; 0 = not at all: it could not be answered within {@code budget}. */
    long delay(long budgetNanos) {
        saved = Math.min(MOST_SAVED, saved + SHARE);
        if (seen < KNOWN_AFTER) {
            return 0;
        }
        long delay = Math.max(LEAST_NANOS, (long) estimate);
        // the second answer takes as long as the first one usually does
        return delay + (long) estimate < budgetNanos ? delay : 0;
    }

    /** The delay is over without an answer; false: too many were hedged already. */
    boolean take() {
        if (saved < 1) {
            return false;
        }
        saved--;
        return true;
    }

    /** How long the first connection took, in the end. */
    void took(long nanos) {
        seen++;
        // rises and falls balance where 5 of 100 are slower
        double step = STEP * Math.max(estimate, 10_000);
        estimate = Math.max(1, nanos > estimate ? estimate + QUANTILE * step : estimate - (1 - QUANTILE) * step);
    }
}
