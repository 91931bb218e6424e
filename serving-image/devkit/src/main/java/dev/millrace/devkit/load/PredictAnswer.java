package dev.millrace.devkit.load;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came back for the one entity of a {@link PredictCall}.
 *
 * @param label null without a threshold
 * @param fallback reason, null = the model answered
 * @param items the ranked candidates by {@code item_id}, best first
 * @param cache what a cache did, null = none was asked
 * @param error of the prediction or of the whole call, null = answered
 */
public record PredictAnswer(
        @Nullable String label,
        List<String> items,
        @Nullable String cache,
        @Nullable String fallback,
        List<String> stale,
        List<String> defaulted,
        Timings timings,
        @Nullable String error) {

    /** Stages in ms, as the server measured them. */
    public record Timings(double features, double queue, double inference, double postProcessing, double total) {
        static final Timings NONE = new Timings(0, 0, 0, 0, 0);
    }

    static PredictAnswer failed(String error) {
        return new PredictAnswer(null, List.of(), null, null, List.of(), List.of(), Timings.NONE, error);
    }
}
