package dev.millrace.server.features;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vector of one prediction and where each number came from.
 *
 * @param values as the model sees them, then what only the ranking looks at; NaN = nothing
 * @param status of each place
 * @param ageMs of each place's newest event; -1 = unknown
 * @param eventTimeMs of each place's newest event; 0 = unknown
 * @param rejected why the policy forbids to score it; null = score it
 * @param rejectedFeature the first feature that made it so
 * @param storeFailed a read failed or was late; its features are defaults
 */
public record FeatureVector(
        VectorPlan plan,
        double[] values,
        FeatureStatus[] status,
        long[] ageMs,
        long[] eventTimeMs,
        @Nullable Rejection rejected,
        @Nullable String rejectedFeature,
        boolean storeFailed) {

    /** The policy {@code Reject}, by cause; the names are those of the fallback's reasons. */
    public enum Rejection {
        FeatureMissing,
        FeatureStale
    }

    /** The model's input: the values without those that only the ranking looks at. */
    public double[] input() {
        return values.length == plan.width() ? values : Arrays.copyOf(values, plan.width());
    }

    /** Names of the places that were read and have one of these states. */
    private List<String> names(FeatureStatus first, FeatureStatus second) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < status.length; i++) {
            boolean read = plan.source(i) != VectorPlan.REQUEST;
            if (read && (status[i] == first || status[i] == second)) {
                found.add(plan.names().get(i));
            }
        }
        return found;
    }

    /** Features that were replaced by their default; not what the caller itself left out. */
    public List<String> defaulted() {
        return names(FeatureStatus.Default, FeatureStatus.Error);
    }

    /** Features that are served although stale. */
    public List<String> stale() {
        return names(FeatureStatus.Stale, FeatureStatus.Stale);
    }
}
