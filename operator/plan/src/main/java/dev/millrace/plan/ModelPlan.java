package dev.millrace.plan;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.util.List;

/**
 * The model file.
 *
 * @param source where the loader fetches it
 * @param digest {@code sha256:<64 hex>}
 * @param version as given, or the first 12 hex of the digest
 * @param format {@code onnx}
 * @param inputs expected signature; empty = whatever the file says
 */
public record ModelPlan(
        Source source,
        String digest,
        String version,
        String format,
        List<TensorSpec> inputs,
        List<TensorSpec> outputs) {}
