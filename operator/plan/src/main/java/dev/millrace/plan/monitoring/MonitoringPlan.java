package dev.millrace.plan.monitoring;

import dev.millrace.contract.capacity.Percentile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of one model follow from.
 *
 * @param latency percentile of the latency SLO
 * @param threshold of the latency SLO
 * @param availability of the availability SLO, in per cent
 * @param scoresTopic servers score the readings of a topic
 * @param driftThreshold PSI above which drift is reported; null = drift is not watched
 * @param labels of both objects: the stack's own and those that the user's Prometheus selects by
 * @param runbookBaseUrl where {@code docs/runbooks} is published, without a slash at the end
 * @param suspended nothing runs, so nothing that is missing is worth an alert
 */
public record MonitoringPlan(
        String namespace,
        String model,
        Percentile latency,
        Duration threshold,
        Percentile availability,
        List<StreamGroup> streams,
        List<BatchGroup> batches,
        boolean scoresTopic,
        @Nullable Double driftThreshold,
        Map<String, String> labels,
        String runbookBaseUrl,
        boolean suspended) {

    public MonitoringPlan {
        streams = List.copyOf(streams);
        batches = List.copyOf(batches);
        labels = Map.copyOf(labels);
    }

    /**
     * A feature group that a topic feeds.
     *
     * @param maxLag age of the slowest partition at which its values count as stale; null = never
     * @param pipeline p99 that is promised from append to readable; null = no promise
     */
    public record StreamGroup(String name, @Nullable Duration maxLag, @Nullable Duration pipeline) {}

    /**
     * A pre-computed feature group.
     *
     * @param maxAge age of the last complete batch at which its values count as stale; null = never
     */
    public record BatchGroup(String name, @Nullable Duration maxAge) {}
}
