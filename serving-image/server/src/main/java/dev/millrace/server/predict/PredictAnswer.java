package dev.millrace.server.predict;

import dev.millrace.server.metrics.Outcome;
import java.util.List;

/**
 * The answer to a predict call: one prediction per entity, in order.
 *
 * @param repeatable the model gave all of it, from what the spec takes for good features: a cache in front may repeat it
 * @param ageNanos since the model gave the oldest part of it; 0 = now
 */
public record PredictAnswer(
        String id,
        String model,
        String version,
        List<Prediction> predictions,
        Timings timings,
        Outcome outcome,
        boolean repeatable,
        long ageNanos) {}
