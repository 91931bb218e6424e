package dev.millrace.server.protocol;

import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.metrics.Stage;

/** Bookkeeping of one counted request: under way from its first byte to its last, counted once. */
final class Exchange {
    private final Served served;
    private final String protocol;
    private final boolean warmup;
    private final long startNanos = System.nanoTime();
    private long codecNanos;
    private boolean ended;

    Exchange(Served served, String protocol, boolean warmup) {
        this.served = served;
        this.protocol = protocol;
        this.warmup = warmup;
        served.state().begin();
    }

    long startNanos() {
        return startNanos;
    }

    boolean isWarmup() {
        return warmup;
    }

    /** Time spent in decoding or encoding since {@code begin}. */
    void codecSince(long begin) {
        codecNanos += System.nanoTime() - begin;
    }

    /** The last byte is written, or the caller is gone. */
    void end(Outcome outcome) {
        if (ended) {
            return;
        }
        ended = true;
        if (warmup) {
            // for want of time is no sign of a fault: a busy machine becomes ready all the same
            served.state().rehearsed(outcome != Outcome.ERROR && outcome != Outcome.INVALID);
        }
        served.state().end();
        ServerMetrics metrics = warmup ? served.rehearsal() : served.metrics();
        metrics.request(protocol, outcome, (System.nanoTime() - startNanos) / 1e9);
        metrics.observe(Stage.CODEC, codecNanos / 1e9);
    }
}
