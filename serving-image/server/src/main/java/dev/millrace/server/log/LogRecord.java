package dev.millrace.server.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.json.PredictionJson;
import dev.millrace.server.json.TensorJson;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.Timings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One record of the prediction log.
 *
 * @param key the entity's; also the record's key in Kafka, so that an entity's history stays in order
 * @param vector null = the features were not read
 * @param timeMs since 1970
 */
record LogRecord(
        String key,
        Map<String, String> entities,
        @Nullable FeatureVector vector,
        Prediction prediction,
        Timings timings,
        @Nullable String traceparent,
        String version,
        long timeMs) {
    private static final JsonFactory JSON = new JsonFactory();

    byte[] json(String model, String variant, Map<String, String> revisions) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("predictionId", prediction.predictionId());
            json.writeNumberField("time", timeMs);
            json.writeStringField("model", model);
            json.writeStringField("version", version);
            json.writeStringField("variant", variant);
            json.writeObjectFieldStart("entities");
            for (Map.Entry<String, String> entity : entities.entrySet()) {
                json.writeStringField(entity.getKey(), entity.getValue());
            }
            json.writeEndObject();
            if (prediction.items() == null) {
                writeVector(json, revisions);
                json.writeFieldName("outputs");
                TensorJson.writeRow(json, prediction.outputs());
            } else {
                PredictionJson.writeItems(json, prediction.items(), true);
            }
            PredictionJson.writeText(json, "label", prediction.label());
            PredictionJson.writeFlags(json, prediction.flags());
            PredictionJson.writeText(json, "error", prediction.error());
            PredictionJson.writeTimings(json, timings);
            PredictionJson.writeText(json, "traceparent", traceparent);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return out.toByteArray();
    }

    private void writeVector(JsonGenerator json, Map<String, String> revisions) throws IOException {
        FeatureVector v = vector;
        if (v == null) {
            json.writeNullField("vector");
            return;
        }
        json.writeArrayFieldStart("vector");
        for (double value : v.input()) {
            if (Double.isNaN(value)) {
                json.writeNull();
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
        json.writeObjectFieldStart("features");
        for (int i = 0; i < v.values().length; i++) {
            String name = v.plan().names().get(i);
            json.writeObjectFieldStart(name);
            PredictionJson.writeNumber(json, "value", v.values()[i]);
            json.writeStringField("status", v.status()[i].name());
            if (v.eventTimeMs()[i] > 0) {
                json.writeNumberField("eventTime", v.eventTimeMs()[i]);
            } else {
                json.writeNullField("eventTime");
            }
            int dot = name.indexOf('.');
            PredictionJson.writeText(json, "revision", dot < 0 ? null : revisions.get(name.substring(0, dot)));
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
