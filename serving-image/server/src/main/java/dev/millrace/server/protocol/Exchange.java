package dev.millrace.server.protocol;

import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.metrics.Stage;
import dev.millrace.server.predict.ModelVersion;
import org.jspecify.annotations.Nullable;

/** Bookkeeping of one counted request: under way from its first byte to its last, counted once. Holds its
 * version meanwhile. */
final class Exchange {
    private final Served served;
    private final String protocol;
    private final ModelVersion version;
    private final boolean warmup;
    private final long startNanos = System.nanoTime();
    private long decodeNanos;
    private long encodeNanos;
    private boolean ended;

    /** {@code warmupToken}: what the caller sent as {@link Served#WARMUP}. */
    Exchange(Served served, String protocol, @Nullable String warmupToken) {
        this.served = served;
        this.protocol = protocol;
        served.state().begin();
        this.version = served.state().hold(warmupToken);
        this.warmup = version.warmupToken().equals(warmupToken);
    }

    long startNanos() {
        return startNanos;
    }

    /** The version that answers, whatever becomes current in the meantime. */
    ModelVersion version() {
        return version;
    }

    boolean isWarmup() {
        return warmup;
    }

    /** Time spent in decoding or encoding since {@code begin}. */
    void codecSince(long begin) {
        long nanos = System.nanoTime() - begin;
        // a request is decoded once, and then its answer encoded
        if (decodeNanos == 0) {
            decodeNanos = nanos;
        } else {
            encodeNanos += nanos;
        }
    }

    /** Nothing may be written any more. */
    boolean isEnded() {
        return ended;
    }

    /** The last byte is written, or the caller is gone. */
    void end(Outcome outcome) {
        if (ended) {
            return;
        }
        ended = true;
        if (warmup) {
            // for want of time is no sign of a fault: a busy machine becomes ready all the same
            version.rehearsed(outcome != Outcome.ERROR && outcome != Outcome.INVALID);
        }
        ServerMetrics metrics = version.side(warmup).metrics();
        metrics.request(protocol, outcome, (System.nanoTime() - startNanos) / 1e9);
        metrics.observe(Stage.CODEC, (decodeNanos + encodeNanos) / 1e9);
        if (outcome == Outcome.OK) {
            metrics.codec(decodeNanos, encodeNanos);
        }
        version.release();
        served.state().end();
    }
}
