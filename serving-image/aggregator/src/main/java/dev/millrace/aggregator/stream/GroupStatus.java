package dev.millrace.aggregator.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one group is, now.
 *
 * @param reason text of {@code AggregatorStatus.reason}; null while all is well
 * @param partitions of the topic; 0 before it was seen
 * @param views of the partitions assigned to this process
 */
public record GroupStatus(
        String group,
        String revision,
        String topic,
        State state,
        @Nullable String reason,
        @Nullable String message,
        int partitions,
        List<PartitionView> views) {
    /** In rising order of what a person should look at first. */
    public enum State {
        RUNNING("Running"),
        REBALANCING("Rebalancing"),
        STARTING("Starting"),
        FAILED("Failed");

        private final String text;

        State(String text) {
            this.text = text;
        }

        /** As in {@code AggregatorStatus.state}. */
        public String text() {
            return text;
        }
    }

    /** Time since the worst of the assigned partitions was caught up; null while none has been. */
    public @Nullable Long lagMs(long nowMs) {
        long caughtUp = caughtUpAtMs();
        return caughtUp == 0 ? null : Math.max(0, nowMs - caughtUp);
    }

    /** The least of the partitions; 0 while one has never been caught up, or none is assigned. */
    public long caughtUpAtMs() {
        return views.stream().mapToLong(PartitionView::caughtUpAtMs).min().orElse(0);
    }
}
