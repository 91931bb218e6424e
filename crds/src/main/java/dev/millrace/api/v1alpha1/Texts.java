package dev.millrace.api.v1alpha1;

import org.jspecify.annotations.Nullable;

/** In YAML an empty string and an absent field mean the same; in Java only null does. */
final class Texts {

    private Texts() {}

    static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
