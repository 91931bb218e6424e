package dev.millrace.aggregator.event;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fields of an event by name; {@code a.b} is field b of the object a, unless the event has a field of that very name. */
final class Fields {
    private Fields() {}

    static @Nullable Object get(Map<String, Object> fields, String path) {
        Object value = fields.get(path);
        int dot = value == null ? path.indexOf('.') : -1;
        while (dot > 0) {
            if (!(fields.get(path.substring(0, dot)) instanceof Map<?, ?> inner)) {
                return null;
            }
            path = path.substring(dot + 1);
            dot = path.indexOf('.');
            @SuppressWarnings("unchecked") // every format gives maps of fields
            Map<String, Object> nested = (Map<String, Object>) inner;
            fields = nested;
            value = fields.get(path);
        }
        return value;
    }
}
