package dev.millrace.server.predict;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A predict call, decoded and not yet checked.
 *
 * @param entities join keys by name; values are String, Long, Double or Boolean
 * @param inputs request features by name; the same kinds of values
 * @param candidates items to rank; empty unless the model ranks
 * @param timeoutMs may only shorten the deadline; 0 = that of the SLO
 * @param traceparent W3C, copied into the log
 * @param startNanos when the call arrived, by {@link System#nanoTime}
 * @param warmup the server's own: it goes the same way with a {@link PredictContext} of its own
 */
public record PredictCall(
        String id,
        List<Map<String, Object>> entities,
        Map<String, Object> inputs,
        List<Candidate> candidates,
        boolean explain,
        double timeoutMs,
        @Nullable String traceparent,
        long startNanos,
        boolean warmup) {

    /**
     * One item.
     *
     * @param keys the item's join keys by name
     * @param inputs request features of this item, before those of the call
     */
    public record Candidate(Map<String, Object> keys, Map<String, Object> inputs) {}
}
