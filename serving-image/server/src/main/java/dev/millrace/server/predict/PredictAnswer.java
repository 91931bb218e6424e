package dev.millrace.server.predict;

import dev.millrace.server.metrics.Outcome;
import java.util.List;

/** The answer to a predict call: one prediction per entity, in order. */
public record PredictAnswer(
        String id, String model, String version, List<Prediction> predictions, Timings timings, Outcome outcome) {}
