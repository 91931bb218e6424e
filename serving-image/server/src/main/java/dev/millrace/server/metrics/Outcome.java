package dev.millrace.server.metrics;

import java.util.Locale;

/** How a request ended: label {@code outcome}. */
public enum Outcome {
    OK,
    /** Answered, but not by the model. */
    FALLBACK,
    /** Answered by the fallback because the model was too slow or too busy: bad for the latency SLO. */
    FALLBACK_LATE,
    /** The caller's mistake; counts for no SLO. */
    INVALID,
    /** The policy {@code Reject} without a fallback: the spec wants that refusal, so it counts for no SLO. */
    REJECTED,
    SHED,
    TIMEOUT,
    ERROR;

    /** The label's value. */
    public String label() {
        return switch (this) {
            case FALLBACK_LATE -> "fallback";
            default -> name().toLowerCase(Locale.ROOT);
        };
    }

    /** Whether the request counts for the SLOs at all. */
    public boolean counts() {
        return this != INVALID && this != REJECTED;
    }

    /** An answer is good, whoever gave it. */
    public boolean isAvailable() {
        return this == OK || this == FALLBACK || this == FALLBACK_LATE;
    }

    /** Good for latency: answered within the threshold, and not by giving up on the model for want of time. */
    public boolean isInTime(double seconds, double thresholdSeconds) {
        return (this == OK || this == FALLBACK) && seconds <= thresholdSeconds;
    }
}
