package dev.millrace.aggregator.event;

import org.jspecify.annotations.Nullable;

/** Values in messages. */
final class Texts {
    private static final int MAX = 80;

    private Texts() {}

    /** The value, cut: a header is no place for a document. */
    static String brief(@Nullable Object value) {
        String text = value instanceof String s ? "'" + s + "'" : String.valueOf(value);
        return text.length() <= MAX ? text : text.substring(0, MAX) + "…";
    }
}
