package dev.millrace.server.predict;

import dev.millrace.server.engine.Tensor;
import java.util.List;

/**
 * An infer call of the Open Inference Protocol, decoded.
 *
 * @param inputs in the caller's order
 * @param outputs names that the caller wants; empty = all
 */
public record InferCall(
        String id, List<Tensor> inputs, List<String> outputs, double timeoutMs, long startNanos, boolean warmup) {}
