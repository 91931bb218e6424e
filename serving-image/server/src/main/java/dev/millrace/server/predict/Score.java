package dev.millrace.server.predict;

import dev.millrace.server.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model (or a fallback) says of one row, or of all candidates.
 *
 * @param items ranked; empty unless candidates were asked about
 */
public record Score(@Nullable String label, List<Tensor> outputs, List<RankedItem> items) {
    /** Of one row. */
    public Score(@Nullable String label, List<Tensor> outputs) {
        this(label, outputs, List.of());
    }
}
