package dev.millrace.aggregator.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of the prediction log that can be learned from.
 *
 * @param ids by key name
 * @param features values by name, in the order of the vector; NaN = the model was given none
 * @param label of the answer; null when it had none
 * @param fallback which one answered in the model's place; null when the model did
 */
record Logged(
        String predictionId,
        long timeMs,
        String version,
        String variant,
        Map<String, String> ids,
        Map<String, Double> features,
        @Nullable String label,
        @Nullable String fallback) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Null when it is no record of a prediction with a vector: another writer's, or of a model that ranks. */
    static @Nullable Logged of(String json) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            return null;
        }
        JsonNode features = root.path("features");
        if (!root.path("predictionId").isTextual() || !root.path("time").isIntegralNumber() || !features.isObject()) {
            return null;
        }
        Map<String, String> ids = new LinkedHashMap<>();
        root.path("entities")
                .properties()
                .forEach(id -> ids.put(id.getKey(), id.getValue().asText()));
        Map<String, Double> values = new LinkedHashMap<>();
        features.properties()
                .forEach(feature -> values.put(
                        feature.getKey(), feature.getValue().path("value").asDouble(Double.NaN)));
        return new Logged(
                root.path("predictionId").asText(),
                root.path("time").asLong(),
                root.path("version").asText(),
                root.path("variant").asText(),
                ids,
                values,
                text(root.path("label")),
                text(root.path("flags").path("fallback")));
    }

    List<String> names() {
        return new ArrayList<>(features.keySet());
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.asText() : null;
    }
}
