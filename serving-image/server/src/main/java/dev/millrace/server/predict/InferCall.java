package dev.millrace.server.predict;

import dev.millrace.server.engine.Tensor;
import java.util.List;

/**
 * An infer call of the Open Inference Protocol, decoded.
 *
 * @param inputs in the caller's order
 * @param outputs names that the caller wants; empty = all
 * @param timeoutMs may only shorten the deadline; 0 = that of the SLO
 * @param urgent the caller gave it the highest of the protocol's priorities
 */
public record InferCall(
        String id,
        List<Tensor> inputs,
        List<String> outputs,
        double timeoutMs,
        boolean urgent,
        long startNanos,
        boolean warmup) {}
