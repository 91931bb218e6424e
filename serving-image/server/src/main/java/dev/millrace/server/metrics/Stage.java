package dev.millrace.server.metrics;

import java.util.Locale;

/** Label {@code stage} of the request duration. */
public enum Stage {
    TOTAL,
    FEATURES,
    QUEUE,
    INFERENCE,
    POST_PROCESSING,
    CODEC;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
