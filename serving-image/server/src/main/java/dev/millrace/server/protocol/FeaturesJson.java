package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.features.OnlineFeatures.Ask;
import dev.millrace.server.features.OnlineFeatures.Column;
import dev.millrace.server.features.OnlineFeatures.Form;
import dev.millrace.server.features.OnlineFeatures.Table;
import dev.millrace.server.predict.CallException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON of {@code /get-online-features}, as Feast's own server takes and gives it. */
final class FeaturesJson {
    private static final String NO_TIME = "1970-01-01T00:00:00Z";

    private FeaturesJson() {}

    static Ask decode(byte[] body) {
        return JsonReader.read(body, json -> {
            List<String> features = List.of();
            String service = null;
            Map<String, List<Object>> entities = Map.of();
            boolean fullNames = false;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "features" -> features = json.currentToken() == JsonToken.VALUE_NULL ? List.of() : texts(json);
                    case "feature_service" ->
                        service = json.currentToken() == JsonToken.VALUE_NULL ? null : JsonReader.text(json, field);
                    case "entities" -> entities = entities(json);
                    case "full_feature_names" -> fullNames = truth(json, field);
                    case "include_feature_view_version_metadata" -> {
                        if (truth(json, field)) {
                            throw CallException.invalid(field + ": is not supported; leave it out");
                        }
                    }
                    default ->
                        throw CallException.invalid(field
                                + ": is no field of get-online-features; they are features, feature_service, entities,"
                                + " full_feature_names");
                }
            }
            return new Ask(features, service, entities, fullNames);
        });
    }

    private static boolean truth(JsonParser json, String field) throws IOException {
        if (!json.currentToken().isBoolean()) {
            throw CallException.invalid(field + ": must be true or false");
        }
        return json.getBooleanValue();
    }

    private static List<String> texts(JsonParser json) throws IOException {
        JsonReader.expect(json, JsonToken.START_ARRAY, "features", "an array");
        List<String> texts = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(JsonReader.text(json, "features[" + texts.size() + "]"));
        }
        return texts;
    }

    private static Map<String, List<Object>> entities(JsonParser json) throws IOException {
        JsonReader.expect(json, JsonToken.START_OBJECT, "entities", "an object");
        Map<String, List<Object>> entities = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            String at = "entities." + name;
            json.nextToken();
            JsonReader.expect(json, JsonToken.START_ARRAY, at, "an array");
            List<Object> ids = new ArrayList<>();
            Map<String, Object> one = new LinkedHashMap<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                JsonReader.scalar(json, "entities", name, one);
                Object id = one.remove(name);
                if (id == null) {
                    throw CallException.invalid(at + "[" + ids.size() + "]: must not be null");
                }
                ids.add(id);
            }
            entities.put(name, ids);
        }
        return entities;
    }

    static Buffer encode(Table table) {
        int rows = table.rows().length;
        JsonWriter json = new JsonWriter(256 + 96 * rows * (table.columns().size() + 1));
        json.raw("{\"metadata\":{\"feature_names\":[");
        boolean first = true;
        for (String key : table.entities().keySet()) {
            comma(json, first).string(key);
            first = false;
        }
        for (Column column : table.columns()) {
            comma(json, first).string(column.name());
            first = false;
        }
        json.raw("]},\"results\":[");
        first = true;
        for (List<Object> ids : table.entities().values()) {
            comma(json, first).raw("{\"values\":[");
            first = false;
            for (int i = 0; i < rows; i++) {
                Object id = ids.get(i);
                comma(json, i == 0);
                if (id instanceof Long number) {
                    json.number(number.longValue());
                } else {
                    json.string(id.toString());
                }
            }
            json.raw("],\"statuses\":[");
            for (int i = 0; i < rows; i++) {
                comma(json, i == 0).raw("\"PRESENT\"");
            }
            json.raw("],\"event_timestamps\":[");
            for (int i = 0; i < rows; i++) {
                comma(json, i == 0).string(NO_TIME);
            }
            json.raw("]}");
        }
        Times times = new Times();
        for (Column column : table.columns()) {
            comma(json, first);
            first = false;
            column(json, table, column, times);
        }
        json.raw("]}");
        return Buffer.buffer(json.length()).appendBytes(json.array(), 0, json.length());
    }

    /** The features of a group have one time: it is written out once. */
    private static final class Times {
        private long ms = 0;
        private String text = NO_TIME;

        String of(GroupRead read) {
            if (read.eventTimeMs() != ms) {
                ms = read.eventTimeMs();
                text = Instant.ofEpochMilli(ms).toString();
            }
            return text;
        }
    }

    private static void column(JsonWriter json, Table table, Column column, Times times) {
        int rows = table.rows().length;
        json.raw("{\"values\":[");
        for (int i = 0; i < rows; i++) {
            comma(json, i == 0);
            value(json, table.rows()[i][column.group()], column);
        }
        json.raw("],\"statuses\":[");
        for (int i = 0; i < rows; i++) {
            comma(json, i == 0)
                    .raw('"')
                    .raw(status(table.rows()[i][column.group()], column))
                    .raw('"');
        }
        json.raw("],\"event_timestamps\":[");
        for (int i = 0; i < rows; i++) {
            comma(json, i == 0).string(times.of(table.rows()[i][column.group()]));
        }
        json.raw("]}");
    }

    private static JsonWriter comma(JsonWriter json, boolean first) {
        return first ? json : json.raw(',');
    }

    private static void value(JsonWriter json, GroupRead read, Column column) {
        double[] values = read.values();
        if (values == null) {
            json.raw("null");
        } else if (!column.list()) {
            number(json, values[column.at()], column.form());
        } else {
            json.raw('[');
            for (int i = 0; i < column.width(); i++) {
                number(comma(json, i == 0), values[column.at() + i], column.form());
            }
            json.raw(']');
        }
    }

    private static void number(JsonWriter json, double value, Form form) {
        if (Double.isNaN(value)) {
            json.raw("null");
        } else if (form == Form.TRUTH) {
            json.raw(value == 0 ? "false" : "true");
        } else if (form == Form.WHOLE && value == Math.rint(value)) {
            json.number((long) value);
        } else {
            json.number(value);
        }
    }

    private static String status(GroupRead read, Column column) {
        double[] values = read.values();
        if (values == null) {
            // what is over its time to live has a time still
            return read.ageMs() >= 0 ? "OUTSIDE_MAX_AGE" : "NOT_FOUND";
        }
        if (!column.list() && Double.isNaN(values[column.at()])) {
            return read.nulls() == null || read.nulls().get(column.at()) ? "NULL_VALUE" : "NOT_FOUND";
        }
        return switch (read.result()) {
            case STALE, GAP -> "OUTSIDE_MAX_AGE";
            default -> "PRESENT";
        };
    }
}
