package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.stream.GroupTrouble.Reason;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.jspecify.annotations.Nullable;

/**
 * How one group is, now.
 *
 * @param reason text of {@code AggregatorStatus.reason}; null while all is well
 * @param partitions of the topic; 0 before it was seen
 * @param waiting partitions of this process that stand still until a schema is known
 * @param maxLagMs what the lag may be; null = the group does not say
 * @param busyPercent how much of its time the busiest thread works; null = not known yet
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
        int waiting,
        @Nullable Long maxLagMs,
        @Nullable Integer busyPercent,
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

    /**
     * @param streams null while the stream does not run
     * @param standing partitions that wait for the schema with the id
     */
    static GroupStatus of(
            GroupDefinition definition,
            @Nullable GroupTrouble trouble,
            KafkaStreams.@Nullable State streams,
            @Nullable String storeTrouble,
            Map<TopicPartition, Integer> standing,
            @Nullable Integer busyPercent,
            int partitions,
            List<PartitionView> views) {
        String reason = null;
        String message = null;
        if (trouble != null) {
            reason = trouble.reason().text();
            message = trouble.getMessage();
        } else if (storeTrouble != null) {
            reason = Reason.FEATURE_STORE_UNAVAILABLE.text();
            message = storeTrouble;
        } else if (!standing.isEmpty()) {
            reason = Reason.SCHEMA_UNAVAILABLE.text();
            message = standing(definition, standing);
        } else if (views.stream().anyMatch(PartitionView::isRehydrating)) {
            reason = Reason.REHYDRATING.text();
            message = "group " + definition.group().name() + ": " + percent(views)
                    + " % of the values are back in the store";
        }
        return new GroupStatus(
                definition.group().name(),
                definition.group().revision(),
                definition.stream().topic(),
                state(streams, trouble),
                reason,
                message,
                partitions,
                standing.size(),
                definition.group().maxLagMs(),
                busyPercent,
                views);
    }

    private static String standing(GroupDefinition definition, Map<TopicPartition, Integer> standing) {
        // the same words while nothing changes: the operator writes them into status
        Integer id = Collections.min(standing.values());
        return "group " + definition.group().name() + ": partitions "
                + standing.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(id))
                        .map(entry -> entry.getKey().partition())
                        .sorted()
                        .toList()
                + " of topic '" + definition.stream().topic() + "' wait for schema " + id + ": "
                + definition.reader().schemaTrouble(id);
    }

    private static State state(KafkaStreams.@Nullable State streams, @Nullable GroupTrouble trouble) {
        if (streams == null) {
            return trouble == null ? State.STARTING : State.FAILED;
        }
        return switch (streams) {
            case RUNNING -> State.RUNNING;
            case REBALANCING -> State.REBALANCING;
            default -> State.STARTING;
        };
    }

    /** How much of the values is back in a store that had lost them; null = nothing is missing. */
    public @Nullable Integer rehydratedPercent() {
        return views.stream().anyMatch(PartitionView::isRehydrating) ? percent(views) : null;
    }

    private static int percent(List<PartitionView> views) {
        // rounded down: 100 is for those that are done
        return (int)
                (views.stream().mapToDouble(PartitionView::rehydrated).average().orElse(1) * 100);
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
