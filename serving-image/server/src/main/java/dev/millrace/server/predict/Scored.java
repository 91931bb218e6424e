package dev.millrace.server.predict;

import org.jspecify.annotations.Nullable;

/**
 * What became of one reading of a stream.
 *
 * @param prediction null = there is no answer
 * @param version that answered
 * @param reason why there is none, or why it is not the model's; null = the model answered
 * @param why in words, for a reading without an answer
 * @param storeFailed the feature store had nothing to say: the answer is made of defaults, or is the fallback's
 */
public record Scored(
        @Nullable Prediction prediction,
        String version,
        @Nullable Reason reason,
        @Nullable String why,
        boolean storeFailed) {}
