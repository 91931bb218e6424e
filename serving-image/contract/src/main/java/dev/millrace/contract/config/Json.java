package dev.millrace.contract.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the config documents. An unknown field is an error, and so is a missing one that is not nullable: a typo
 * must not become a silent default. A list or map that is left out is empty.
 */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .withConfigOverride(List.class, o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
            .withConfigOverride(Map.class, o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private static final ObjectMapper LENIENT =
            MAPPER.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Json() {}

    /** Parses one document; the message of the exception names the field and the line. */
    public static <T> T read(String json, Class<T> type) {
        return read(MAPPER, json, type);
    }

    /**
     * As {@link #read}, but unknown fields are skipped: for what another process says of itself ({@code
     * /millrace/status}). Pods keep the release that they started with, so the reader may be older than the writer.
     */
    public static <T> T readStatus(String json, Class<T> type) {
        return read(LENIENT, json, type);
    }

    private static <T> T read(ObjectMapper mapper, String json, Class<T> type) {
        try {
            T value = mapper.readValue(json, type);
            if (value == null) {
                throw new ConfigException(type.getSimpleName() + ": the document is empty");
            }
            String missing = Required.missing(value);
            if (missing != null) {
                throw new ConfigException(type.getSimpleName() + ": " + missing + " is missing");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new ConfigException(type.getSimpleName() + ": " + describe(e), e);
        }
    }

    private static String describe(JsonProcessingException e) {
        StringBuilder message = new StringBuilder();
        if (e instanceof JsonMappingException mapping) {
            for (JsonMappingException.Reference r : mapping.getPath()) {
                String field = r.getFieldName();
                message.append(field == null ? "[" + r.getIndex() + "]" : message.isEmpty() ? field : "." + field);
            }
        }
        if (!message.isEmpty()) {
            message.append(": ");
        }
        // Jackson's own advice is for the programmer
        message.append(e.getOriginalMessage().replaceAll(" \\(set Deserialization.*? to allow\\)", ""));
        if (e.getLocation() != null) {
            message.append(" (line ").append(e.getLocation().getLineNr()).append(')');
        }
        return message.toString();
    }

    /** Pretty, with sorted properties, so that equal documents are equal text. */
    public static String write(Object document) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
        } catch (JsonProcessingException e) {
            throw new ConfigException(
                    "cannot write " + document.getClass().getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }
}
