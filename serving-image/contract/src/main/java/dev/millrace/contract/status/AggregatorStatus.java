package dev.millrace.contract.status;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Body of an aggregator's {@code /millrace/status}.
 *
 * @param state {@code Starting}, {@code Running}, {@code Rebalancing}, {@code Failed}
 * @param reason CamelCase: {@code TopicMissing, KafkaUnavailable, FeatureStoreUnavailable, Rehydrating,
 *     PartitionCountChanged, SchemaUnavailable, StreamFailed}
 */
public record AggregatorStatus(
        String state, @Nullable String reason, @Nullable String message, List<StreamGroup> groups) {

    /**
     * @param lagMs time since the worst of this replica's partitions was last caught up
     * @param reason as for the whole; null while all is well
     * @param rehydratedPercent how much of this replica's values is back in a store that had lost them; null = nothing is
     *     missing
     * @param busyPercent how much of its time the busiest stream thread of this replica works, over half a minute; null = not
     *     known yet
     * @param maxLagMs what the lag may be; null = the group does not say
     */
    public record StreamGroup(
            String group,
            String revision,
            String topic,
            int partitions,
            int assigned,
            @Nullable Long lagMs,
            @Nullable String reason,
            @Nullable Integer rehydratedPercent,
            @Nullable Integer busyPercent,
            @Nullable Long maxLagMs) {

        /** Of one that does not say how busy it is. */
        public StreamGroup(
                String group,
                String revision,
                String topic,
                int partitions,
                int assigned,
                @Nullable Long lagMs,
                @Nullable String reason,
                @Nullable Integer rehydratedPercent) {
            this(group, revision, topic, partitions, assigned, lagMs, reason, rehydratedPercent, null, null);
        }
    }
}
