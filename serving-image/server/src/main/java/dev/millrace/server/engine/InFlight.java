package dev.millrace.server.engine;

import java.util.function.LongSupplier;

/** Requests in the scheduler, now and integrated over time: the signal that autoscaling follows. */
public final class InFlight {
    private final LongSupplier clock;
    private int queued;
    private int executing;
    private long integralNanos;
    private long since;

    InFlight(LongSupplier clock) {
        this.clock = clock;
        this.since = clock.getAsLong();
    }

    synchronized void queued() {
        advance();
        queued++;
    }

    synchronized void left() {
        advance();
        queued--;
    }

    synchronized void started(int jobs) {
        advance();
        queued -= jobs;
        executing += jobs;
    }

    synchronized void finished(int jobs) {
        advance();
        executing -= jobs;
    }

    private void advance() {
        long now = clock.getAsLong();
        integralNanos += (now - since) * (queued + executing);
        since = now;
    }

    public synchronized int waiting() {
        return queued;
    }

    public synchronized int executing() {
        return executing;
    }

    public synchronized int total() {
        return queued + executing;
    }

    /** Request-seconds since the start; its rate is the time average of {@link #total}. */
    public synchronized double seconds() {
        advance();
        return integralNanos / 1e9;
    }
}
