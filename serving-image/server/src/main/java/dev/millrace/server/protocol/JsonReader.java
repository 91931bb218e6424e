package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.millrace.server.predict.CallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the decoders of requests share: one factory, and errors that name the field. */
final class JsonReader {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonReader() {}

    /** Reads one document from the parser; it must stand before the first token. */
    interface Body<T> {
        T read(JsonParser json) throws IOException;
    }

    static <T> T read(byte[] body, Body<T> reader) {
        try (JsonParser json = FACTORY.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw CallException.invalid("the body must be a JSON object");
            }
            T value = reader.read(json);
            if (json.nextToken() != null) {
                throw CallException.invalid("the body has text after its JSON object");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw CallException.invalid("the body is not JSON: " + e.getOriginalMessage() + where(e));
        } catch (IOException e) {
            throw CallException.invalid("the body cannot be read: " + e.getMessage());
        }
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
    }

    static String text(JsonParser json, String field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw CallException.invalid(field + ": must be a string");
        }
        return json.getText();
    }

    static double number(JsonParser json, String field) throws IOException {
        if (!json.currentToken().isNumeric()) {
            throw CallException.invalid(field + ": must be a number");
        }
        return json.getDoubleValue();
    }

    static void expect(JsonParser json, JsonToken token, String field, String wanted) {
        if (json.currentToken() != token) {
            throw CallException.invalid(field + ": must be " + wanted);
        }
    }

    /** An object of strings, numbers and booleans. A null is left out. */
    static Map<String, Object> scalars(JsonParser json, String field) throws IOException {
        expect(json, JsonToken.START_OBJECT, field, "an object");
        Map<String, Object> values = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            scalar(json, field, name, values);
        }
        return values;
    }

    /** One value of an object, into {@code values}; {@code at}: the object. A null is left out. */
    static void scalar(JsonParser json, String at, String name, Map<String, Object> values) throws IOException {
        JsonToken token = json.currentToken();
        switch (token) {
            case VALUE_STRING -> values.put(name, json.getText());
            case VALUE_TRUE, VALUE_FALSE -> values.put(name, token == JsonToken.VALUE_TRUE);
            case VALUE_NUMBER_FLOAT -> values.put(name, json.getDoubleValue());
            case VALUE_NUMBER_INT -> {
                if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    values.put(name, json.getDoubleValue());
                } else {
                    values.put(name, json.getLongValue());
                }
            }
            case VALUE_NULL -> {
                // as if it were not there
            }
            default -> throw CallException.invalid(at + "." + name + ": must be a string, number or boolean");
        }
    }
}
