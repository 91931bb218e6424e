package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model servers' numbers. None of them depends on a measurement: a measured number in {@code serving.json} would
 * roll the pods whenever it moved. What depends on measurements stands in {@link CapacityPlan}.
 *
 * @param instances inference threads
 * @param maxBatchSize rows merged across requests
 * @param maxQueueSize rows that may wait: a bound on memory; the deadline sheds long before it
 * @param maxInFlight requests queued and executing: the same kind of bound. The server's own capacity model, with what
 *     it measured, sheds before it
 * @param tlsSecret of the REST and gRPC ports; null = plain text
 * @param drainMs how long a stop waits for requests under way
 * @param terminationGraceSeconds of the pod: the endpoint's removal, the drain, and a margin
 */
public record ServerPlan(
        int instances,
        int maxBatchSize,
        double maxQueueDelayMs,
        int maxQueueSize,
        int maxInFlight,
        List<String> executionProviders,
        @Nullable String tlsSecret,
        long drainMs,
        long preStopSeconds,
        long terminationGraceSeconds,
        Map<String, Quantity> requests,
        Map<String, Quantity> limits,
        PodTemplate podTemplate) {

    /** What the spec adds to the server pods. */
    public record PodTemplate(
            Map<String, String> labels,
            Map<String, String> annotations,
            Map<String, String> nodeSelector,
            List<io.fabric8.kubernetes.api.model.Toleration> tolerations,
            @Nullable String priorityClassName,
            @Nullable String serviceAccountName,
            @Nullable String runtimeClassName) {
        public static final PodTemplate NONE =
                new PodTemplate(Map.of(), Map.of(), Map.of(), List.of(), null, null, null);
    }
}
