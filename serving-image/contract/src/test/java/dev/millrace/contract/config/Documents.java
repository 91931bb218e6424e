package dev.millrace.contract.config;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Any document of a record type, by its components: a field that is added later is covered without a line here. */
final class Documents {
    private Documents() {}

    static <T extends Record> Arbitrary<T> any(Class<T> type) {
        List<Arbitrary<Object>> parts = new ArrayList<>();
        for (RecordComponent c : type.getRecordComponents()) {
            Arbitrary<Object> part = of(c.getAnnotatedType());
            parts.add(isNullable(c.getAnnotatedType()) ? part.injectNull(0.3) : part);
        }
        return Combinators.combine(parts).as(values -> make(type, values));
    }

    static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static <T extends Record> T make(Class<T> type, List<Object> values) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            Constructor<T> canonical = type.getDeclaredConstructor(types);
            return canonical.newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made of " + values, e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Arbitrary<Object> of(AnnotatedType annotated) {
        Type type = annotated.getType();
        Arbitrary<?> found;
        if (type == String.class) {
            found = Arbitraries.strings().ofMaxLength(12);
        } else if (type == int.class) {
            found = Arbitraries.integers();
        } else if (type == long.class || type == Long.class) {
            found = Arbitraries.longs();
        } else if (type == double.class || type == Double.class) {
            found = Arbitraries.doubles();
        } else if (type == boolean.class || type == Boolean.class) {
            found = Arbitraries.of(true, false);
        } else if (type instanceof Class<?> c && c.isRecord()) {
            found = any(c.asSubclass(Record.class));
        } else if (annotated instanceof AnnotatedParameterizedType p
                && type instanceof ParameterizedType raw
                && raw.getRawType() == List.class) {
            found = of(p.getAnnotatedActualTypeArguments()[0]).list().ofMaxSize(3);
        } else if (type instanceof ParameterizedType raw && raw.getRawType() == Map.class) {
            Arbitrary<String> text = Arbitraries.strings().ofMaxLength(8);
            found = Arbitraries.maps(text, text).ofMaxSize(3);
        } else {
            throw new IllegalStateException("a document holds no " + type);
        }
        return (Arbitrary<Object>) found;
    }
}
