package dev.millrace.operator.observe;

import dev.millrace.contract.status.AggregatorStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@link AggregatorStatus} without what moves by itself: no lags, and progress in quarters. */
public record AggregatorView(String state, @Nullable String reason, @Nullable String message, List<StreamView> groups) {

    /** A refill is told in so many steps, so that it does not write status all the time. */
    private static final int STEP_PERCENT = 25;

    private static final String REHYDRATING = "Rehydrating";

    /**
     * One group, as far as this aggregator's partitions go.
     *
     * @param rehydratedPercent how much of the values is back in a store that had lost them; null = nothing is missing
     */
    public record StreamView(
            String group,
            String revision,
            int assigned,
            @Nullable String reason,
            @Nullable Integer rehydratedPercent) {}

    static AggregatorView of(AggregatorStatus status) {
        return new AggregatorView(
                status.state(),
                status.reason(),
                // this message counts
                REHYDRATING.equals(status.reason()) ? null : status.message(),
                status.groups().stream()
                        .map(g -> new StreamView(
                                g.group(), g.revision(), g.assigned(), g.reason(), coarse(g.rehydratedPercent())))
                        .toList());
    }

    private static @Nullable Integer coarse(@Nullable Integer percent) {
        return percent == null ? null : Integer.valueOf(percent / STEP_PERCENT * STEP_PERCENT);
    }
}
