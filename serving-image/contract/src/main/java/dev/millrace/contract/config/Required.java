package dev.millrace.contract.config;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the first component of a document that must be there and is not: one that no {@code @Nullable} excuses. */
final class Required {
    private Required() {}

    /** Path of a missing component, as {@code features.groups[0].name}; null when all are there. */
    static @Nullable String missing(Object document) {
        return missing(document, "");
    }

    private static @Nullable String missing(Object value, String path) {
        if (value instanceof Record) {
            return ofRecord(value, path);
        }
        if (value instanceof Collection<?> list) {
            int i = 0;
            for (Object element : list) {
                String found = element == null ? path + "[" + i + "]" : missing(element, path + "[" + i + "]");
                if (found != null) {
                    return found;
                }
                i++;
            }
        }
        if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> e : map.entrySet()) {
                Object element = e.getValue();
                String at = path + "." + e.getKey();
                String found = element == null ? at : missing(element, at);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    private static @Nullable String ofRecord(Object value, String path) {
        for (RecordComponent c : value.getClass().getRecordComponents()) {
            String at = path.isEmpty() ? c.getName() : path + "." + c.getName();
            Object part = get(c, value);
            if (part == null) {
                if (!c.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    return at;
                }
                continue;
            }
            String found = missing(part, at);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable Object get(RecordComponent c, Object value) {
        try {
            return c.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record's accessor can be called", e);
        }
    }
}
