package dev.millrace.server.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.server.json.PredictionJson;
import dev.millrace.server.json.TensorJson;
import dev.millrace.server.predict.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/** The value of a result's record; its fields are named as in the prediction log. */
final class ResultJson {
    private static final JsonFactory JSON = new JsonFactory();

    private final String model;
    private final String variant;

    ResultJson(String model, String variant) {
        this.model = model;
        this.variant = variant;
    }

    /**
     * @param eventTimeMs the reading's timestamp
     * @param nowMs since 1970
     */
    byte[] of(Map<String, String> entity, Prediction prediction, String version, long eventTimeMs, long nowMs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("predictionId", prediction.predictionId());
            json.writeNumberField("time", nowMs);
            json.writeNumberField("eventTime", eventTimeMs);
            json.writeStringField("model", model);
            json.writeStringField("version", version);
            json.writeStringField("variant", variant);
            json.writeObjectFieldStart("entities");
            for (Map.Entry<String, String> id : entity.entrySet()) {
                json.writeStringField(id.getKey(), id.getValue());
            }
            json.writeEndObject();
            json.writeFieldName("outputs");
            TensorJson.writeRow(json, prediction.outputs());
            PredictionJson.writeText(json, "label", prediction.label());
            PredictionJson.writeFlags(json, prediction.flags());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return out.toByteArray();
    }
}
