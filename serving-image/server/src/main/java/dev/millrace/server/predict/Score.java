package dev.millrace.server.predict;

import dev.millrace.server.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model (or a fallback) says of one row. */
public record Score(@Nullable String label, List<Tensor> outputs) {}
