package dev.millrace.aggregator.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 over Kafka with JSON data. Binary mode: attributes in {@code ce_} headers, data in the value. Structured
 * mode: content type {@code application/cloudevents+json}, everything in the value. In both the fields are those of the
 * data, and the attributes with {@code ce_} before their names.
 */
final class CloudEventsFormat implements RecordFormat {
    private static final String PREFIX = "ce_";
    private static final String CONTENT_TYPE = "content-type";
    private static final String STRUCTURED = "application/cloudevents";
    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    @Override
    public Map<String, Object> fields(byte[] value, EventHeaders headers) throws RejectedEventException {
        Map<String, Object> attributes = new LinkedHashMap<>();
        String[] contentType = {""};
        headers.each((name, bytes) -> {
            String header = name.toLowerCase(Locale.ROOT);
            if (bytes != null && header.startsWith(PREFIX)) {
                attributes.put(header, new String(bytes, UTF_8));
            } else if (bytes != null && header.equals(CONTENT_TYPE)) {
                contentType[0] = new String(bytes, UTF_8).toLowerCase(Locale.ROOT);
            }
        });
        if (contentType[0].startsWith(STRUCTURED)) {
            return structured(value, contentType[0]);
        }
        check(attributes);
        return joined(JsonFormat.parse(json(value, contentType[0])), attributes);
    }

    private static Map<String, Object> structured(byte[] value, String contentType) throws RejectedEventException {
        if (!contentType.substring(STRUCTURED.length()).startsWith("+json")) {
            throw rejected("content type " + Texts.brief(contentType) + " is not application/cloudevents+json");
        }
        Map<String, Object> attributes = new LinkedHashMap<>();
        Object data = null;
        Object base64 = null;
        for (Map.Entry<String, Object> entry : JsonFormat.parse(value).entrySet()) {
            switch (entry.getKey()) {
                case "data" -> data = entry.getValue();
                case "data_base64" -> base64 = entry.getValue();
                default -> attributes.put(PREFIX + entry.getKey(), entry.getValue());
            }
        }
        check(attributes);
        Object dataType = attributes.get(PREFIX + "datacontenttype");
        if (base64 instanceof String text) {
            return joined(JsonFormat.parse(json(decoded(text), dataType)), attributes);
        }
        if (data instanceof Map<?, ?> fields) {
            Map<String, Object> copy = new LinkedHashMap<>();
            fields.forEach((name, field) -> copy.put(String.valueOf(name), field));
            return joined(copy, attributes);
        }
        throw rejected("data must be a JSON object, not " + Texts.brief(data));
    }

    private static void check(Map<String, Object> attributes) throws RejectedEventException {
        for (String name : REQUIRED) {
            Object attribute = attributes.get(PREFIX + name);
            if (!(attribute instanceof String text) || text.isEmpty()) {
                throw rejected("attribute '" + name + "' is missing");
            }
        }
        Object version = attributes.get(PREFIX + "specversion");
        if (!"1.0".equals(version)) {
            throw rejected("specversion must be 1.0, not " + Texts.brief(version));
        }
    }

    /** The same bytes, unless they say that they are something else. */
    private static byte[] json(byte[] data, @Nullable Object type) throws RejectedEventException {
        String media = type == null
                ? ""
                : type.toString().toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
        if (!media.isEmpty() && !media.endsWith("/json") && !media.endsWith("+json")) {
            throw rejected("data of type " + Texts.brief(media) + " is not JSON");
        }
        return data;
    }

    private static byte[] decoded(String text) throws RejectedEventException {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw rejected("data_base64 is not Base64: " + Texts.brief(e.getMessage()));
        }
    }

    /** What the envelope says wins: data cannot pretend another id or time. */
    private static Map<String, Object> joined(Map<String, Object> data, Map<String, Object> attributes) {
        data.putAll(attributes);
        return data;
    }

    private static RejectedEventException rejected(String what) {
        return new RejectedEventException(RejectReason.NOT_CLOUD_EVENT, what);
    }
}
