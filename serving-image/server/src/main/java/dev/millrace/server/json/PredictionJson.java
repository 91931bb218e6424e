package dev.millrace.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.server.predict.Prediction;
import dev.millrace.server.predict.RankedItem;
import dev.millrace.server.predict.Reason;
import dev.millrace.server.predict.Timings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parts of a prediction that the answer and the log share. */
public final class PredictionJson {
    private PredictionJson() {}

    /** Field {@code flags}. */
    public static void writeFlags(JsonGenerator json, Prediction.Flags flags) throws IOException {
        json.writeObjectFieldStart("flags");
        Reason fallback = flags.fallback();
        writeText(json, "fallback", fallback == null ? null : fallback.name());
        if (flags.fallbackStep() != null) {
            json.writeStringField("fallbackStep", flags.fallbackStep());
        }
        writeNames(json, "stale", flags.stale());
        writeNames(json, "defaulted", flags.defaulted());
        writeText(json, "cache", flags.cache());
        json.writeEndObject();
    }

    /** Field {@code items}: {@code {<key>: <id>, score, rank}}, in order; {@code vectors}: with what the model saw of each. */
    public static void writeItems(JsonGenerator json, List<RankedItem> items, boolean vectors) throws IOException {
        json.writeArrayFieldStart("items");
        for (RankedItem item : items) {
            json.writeStartObject();
            for (Map.Entry<String, String> key : item.keys().entrySet()) {
                json.writeStringField(key.getKey(), key.getValue());
            }
            writeNumber(json, "score", item.score());
            json.writeNumberField("rank", item.rank());
            double[] vector = item.vector();
            if (vectors && vector != null) {
                json.writeArrayFieldStart("vector");
                for (double value : vector) {
                    if (Double.isNaN(value)) {
                        json.writeNull();
                    } else {
                        json.writeNumber(value);
                    }
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Field {@code timingsMs}, in microsecond steps: more digits would be noise. */
    public static void writeTimings(JsonGenerator json, Timings t) throws IOException {
        json.writeObjectFieldStart("timingsMs");
        json.writeNumberField("features", round(t.features()));
        json.writeNumberField("queue", round(t.queue()));
        json.writeNumberField("inference", round(t.inference()));
        json.writeNumberField("postProcessing", round(t.postProcessing()));
        json.writeNumberField("total", round(t.total()));
        json.writeEndObject();
    }

    /** A string field, or null. */
    public static void writeText(JsonGenerator json, String name, @Nullable String text) throws IOException {
        if (text == null) {
            json.writeNullField(name);
        } else {
            json.writeStringField(name, text);
        }
    }

    /** A number field; NaN is null. */
    public static void writeNumber(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isNaN(value)) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, value);
        }
    }

    private static void writeNames(JsonGenerator json, String field, List<String> names) throws IOException {
        json.writeArrayFieldStart(field);
        for (String name : names) {
            json.writeString(name);
        }
        json.writeEndArray();
    }

    private static double round(double ms) {
        return Math.round(ms * 1000) / 1000.0;
    }
}
