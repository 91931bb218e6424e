package dev.millrace.server.predict;

import dev.millrace.server.engine.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer for one entity, or for one user's candidates.
 *
 * @param label null = the model has no threshold, or there is an error
 * @param outputs of one row each; empty when there is an error
 * @param error null = answered
 * @param explain empty unless asked for; of a ranked list, the features of its first item
 * @param items the ranked candidates; null = there were none to rank
 */
public record Prediction(
        String predictionId,
        @Nullable String label,
        List<Tensor> outputs,
        Flags flags,
        @Nullable String error,
        List<Explanation> explain,
        @Nullable List<RankedItem> items) {

    /**
     * @param fallback null = the model answered
     * @param fallbackStep which step of {@code fallback.order} answered
     * @param stale features served although stale
     * @param defaulted features replaced by their default
     * @param cache {@code Hit}, {@code Miss}, or {@code Coalesced}: computed once with others who asked for the same; null = no
     *     cache
     */
    public record Flags(
            @Nullable Reason fallback,
            @Nullable String fallbackStep,
            List<String> stale,
            List<String> defaulted,
            @Nullable String cache) {}

    /**
     * @param value NaN = the model saw nothing
     * @param status of {@link dev.millrace.server.features.FeatureStatus}
     * @param ageMs -1 = unknown
     */
    public record Explanation(String feature, double value, String status, long ageMs) {}
}
