package dev.millrace.aggregator.stream;

/**
 * How much of its time a stream thread works: everything but the waiting within polls, over half a minute or so. Written by
 * its thread, read by any.
 */
final class BusyShare {
    private static final double TAU_NANOS = 30e9;
    /** Before that it says nothing. */
    private static final long WARM_NANOS = 5_000_000_000L;

    private long beganNanos;
    private long endNanos;
    private double share;
    private volatile double known = Double.NaN;

    /** One poll has ended. */
    void polled(long startNanos, long stopNanos) {
        if (beganNanos == 0) {
            beganNanos = startNanos;
            endNanos = startNanos;
        }
        move(1, startNanos - endNanos);
        move(0, stopNanos - startNanos);
        endNanos = stopNanos;
        if (stopNanos - beganNanos > WARM_NANOS) {
            // what came before the first poll does not weigh
            known = share / -Math.expm1(-(stopNanos - beganNanos) / TAU_NANOS);
        }
    }

    private void move(double to, long nanos) {
        share += (to - share) * -Math.expm1(-nanos / TAU_NANOS);
    }

    /** 0 to 1; NaN = not known yet. */
    double value() {
        return known;
    }
}
