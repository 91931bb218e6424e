package dev.millrace.operator.stack;

import dev.millrace.api.v1alpha1.RealtimeModel;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Annotations that a person may set on a RealtimeModel. */
public final class Annotations {

    /** Any new value: reconcile now, and load the batch groups again. */
    public static final String RECONCILE = "millrace.dev/reconcile";

    /** {@code "true"}: leave the stack as it is. */
    public static final String PAUSED = "millrace.dev/paused";

    /** {@code "true"}: take over objects of our names that somebody else made. */
    public static final String ADOPT = "millrace.dev/adopt";

    private static final String PREFIX = "millrace.dev/";

    private Annotations() {}

    public static boolean pauses(RealtimeModel model) {
        return isTrue(model, PAUSED);
    }

    public static boolean adopts(RealtimeModel model) {
        return isTrue(model, ADOPT);
    }

    /** What {@link #RECONCILE} says; null = nothing. */
    public static @Nullable String request(RealtimeModel model) {
        return all(model).get(RECONCILE);
    }

    /** Those of Millrace, to see whether one of them changed. */
    public static Map<String, String> ours(RealtimeModel model) {
        Map<String, String> ours = new TreeMap<>();
        all(model).forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                ours.put(key, value);
            }
        });
        return ours;
    }

    private static boolean isTrue(RealtimeModel model, String annotation) {
        return "true".equals(all(model).get(annotation));
    }

    private static Map<String, String> all(RealtimeModel model) {
        Map<String, String> annotations = model.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }
}
