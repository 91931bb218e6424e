package dev.millrace.server.connection;

/**
 * How long a caller is waited for.
 *
 * @param stallMs without a byte of a request that has begun, or of an answer taken; a request's head may take no longer in all
 * @param drainStallMs the same for a server that stops
 * @param requestMs for all of a request to arrive, and for all of an answer to be taken over HTTP/2
 * @param lookMs between two looks
 */
record Bounds(long stallMs, long drainStallMs, long requestMs, long lookMs) {
    static final Bounds USUAL = new Bounds(10_000, 1_000, 60_000, 250);

    /** Without a byte. */
    long stallNanos(boolean draining) {
        return (draining ? drainStallMs : stallMs) * 1_000_000;
    }

    long requestNanos() {
        return requestMs * 1_000_000;
    }
}
