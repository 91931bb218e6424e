package dev.millrace.server.engine;

import org.jspecify.annotations.Nullable;

/**
 * What became of a job that was handed in.
 *
 * @param refusal why it was not taken; null = it was taken, and its listener is told the rest
 * @param drainNanos for a refused one: about how long what waits now will take
 */
public record Submission(@Nullable Refusal refusal, long drainNanos) {
    /** Why a job is not taken. */
    public enum Refusal {
        /** The scheduler ends. */
        CLOSED,
        /** As many requests are queued and executing as may be. */
        IN_FLIGHT,
        /** As many rows wait as may. */
        QUEUE,
        /** What is ahead of it would use up its deadline. */
        DEADLINE
    }

    static final Submission TAKEN = new Submission(null, 0);

    public boolean isTaken() {
        return refusal == null;
    }

    /** For a caller that wants to try again: whole seconds, at least one. */
    public long retryAfterSeconds() {
        return Math.max(1, (drainNanos + 999_999_999) / 1_000_000_000);
    }
}
