package dev.millrace.server.predict;

import dev.millrace.server.features.FeatureVector;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes what was predicted, for the log. Called on an event loop: must neither block nor fail. */
public interface PredictionSink {
    /**
     * @param entityKey decides whether it is sampled, and is the record's key
     * @param vector null = the features were not read
     */
    void predicted(
            String entityKey,
            Map<String, String> entities,
            @Nullable FeatureVector vector,
            Prediction prediction,
            Timings timings,
            @Nullable String traceparent,
            String version,
            long timeMs);

    PredictionSink NONE = (entityKey, entities, vector, prediction, timings, traceparent, version, timeMs) -> {};
}
