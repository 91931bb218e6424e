package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.json.PredictionJson;
import dev.millrace.server.json.TensorJson;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.PredictAnswer;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.PredictCall.Candidate;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.Prediction.Explanation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON of predict calls. An unknown field is an error: a typo must not become a default. */
public final class PredictJson {
    private PredictJson() {}

    /** Of nobody's request: a body that was written down. */
    public static PredictCall decode(byte[] body) {
        return decode(body, null, System.nanoTime(), false);
    }

    static PredictCall decode(byte[] body, @Nullable String traceparent, long startNanos, boolean warmup) {
        return JsonReader.read(body, json -> {
            String id = "";
            List<Map<String, Object>> entities = List.of();
            Map<String, Object> inputs = Map.of();
            List<Candidate> candidates = List.of();
            boolean explain = false;
            double timeoutMs = 0;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "id" -> id = JsonReader.text(json, "id");
                    case "entities" -> entities = entities(json);
                    case "inputs" -> inputs = JsonReader.scalars(json, "inputs");
                    case "candidates" -> candidates = candidates(json);
                    case "explain" -> {
                        if (!json.currentToken().isBoolean()) {
                            throw CallException.invalid("explain: must be true or false");
                        }
                        explain = json.getBooleanValue();
                    }
                    case "timeoutMs" -> timeoutMs = JsonReader.number(json, "timeoutMs");
                    default ->
                        throw CallException.invalid(
                                field + ": is no field of predict; they are id, entities, inputs, candidates, explain,"
                                        + " timeoutMs");
                }
            }
            return new PredictCall(
                    id, entities, inputs, candidates, explain, timeoutMs, traceparent, startNanos, warmup);
        });
    }

    private static List<Map<String, Object>> entities(JsonParser json) throws IOException {
        JsonReader.expect(json, JsonToken.START_ARRAY, "entities", "an array");
        List<Map<String, Object>> entities = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            entities.add(JsonReader.scalars(json, "entities[" + entities.size() + "]"));
        }
        return entities;
    }

    /** An item's join keys stand beside its {@code inputs}. */
    private static List<Candidate> candidates(JsonParser json) throws IOException {
        JsonReader.expect(json, JsonToken.START_ARRAY, "candidates", "an array");
        List<Candidate> candidates = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String at = "candidates[" + candidates.size() + "]";
            JsonReader.expect(json, JsonToken.START_OBJECT, at, "an object");
            Map<String, Object> keys = new LinkedHashMap<>();
            Map<String, Object> inputs = Map.of();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                if (field.equals("inputs")) {
                    inputs = JsonReader.scalars(json, at + ".inputs");
                } else {
                    JsonReader.scalar(json, at, field, keys);
                }
            }
            candidates.add(new Candidate(keys, inputs));
        }
        return candidates;
    }

    static byte[] encode(PredictAnswer answer, boolean explain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JsonReader.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", answer.id());
            json.writeStringField("model", answer.model());
            json.writeStringField("version", answer.version());
            json.writeArrayFieldStart("predictions");
            for (Prediction p : answer.predictions()) {
                write(json, p, explain);
            }
            json.writeEndArray();
            PredictionJson.writeTimings(json, answer.timings());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator json, Prediction p, boolean explain) throws IOException {
        json.writeStartObject();
        json.writeStringField("predictionId", p.predictionId());
        PredictionJson.writeText(json, "label", p.label());
        if (p.items() == null) {
            json.writeFieldName("outputs");
            TensorJson.writeRow(json, p.outputs());
        } else {
            PredictionJson.writeItems(json, p.items(), false);
        }
        PredictionJson.writeFlags(json, p.flags());
        PredictionJson.writeText(json, "error", p.error());
        if (explain) {
            json.writeArrayFieldStart("explain");
            for (Explanation e : p.explain()) {
                json.writeStartObject();
                json.writeStringField("feature", e.feature());
                PredictionJson.writeNumber(json, "value", e.value());
                json.writeStringField("status", e.status());
                PredictionJson.writeNumber(json, "ageMs", e.ageMs() < 0 ? Double.NaN : e.ageMs());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
