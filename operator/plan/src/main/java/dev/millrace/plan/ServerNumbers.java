package dev.millrace.plan;

import dev.millrace.api.v1alpha1.BatchingSpec;
import dev.millrace.api.v1alpha1.PodTemplate;
import dev.millrace.api.v1alpha1.ServerSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The model servers' numbers, from the spec alone. */
final class ServerNumbers {
    private static final String CPU = "cpu";
    private static final String MEMORY = "memory";
    /** Rows that may wait when the spec does not say; a row is some hundred bytes. */
    private static final int QUEUE = 512;

    /** The image's {@code MaxRAMPercentage}. */
    private static final double HEAP_SHARE = 0.4;
    /** Code, threads, network buffers and the runtime itself. */
    private static final long NATIVE_BYTES = 128L << 20;

    private static final long PRE_STOP_SECONDS = 5;
    /** After the drain the prediction log is flushed (6 s at most) and the sessions are closed. */
    private static final long MARGIN_SECONDS = 10;

    private static final long MINIMUM_DRAIN_MS = 5_000;

    private ServerNumbers() {}

    /** {@code candidates}: rows of the largest call. */
    static ServerPlan of(ServerSpec spec, int candidates, double thresholdMs, Derivations derivations) {
        Map<String, Quantity> requests = new TreeMap<>();
        Map<String, Quantity> limits = new TreeMap<>();
        fill(spec.getResources(), requests, limits, "server", Map.of(CPU, "1", MEMORY, "1Gi"), derivations);
        int instances = instances(spec.getInstances(), limits, derivations);
        BatchingSpec batching = spec.getBatching();
        int maxBatchSize = batching.getMaxBatchSize() == null ? 1 : batching.getMaxBatchSize();
        if (batching.getMaxBatchSize() == null) {
            derivations.add(
                    "server.batching.maxBatchSize",
                    "1",
                    "on CPU a second row costs as much as the first, so waiting for one gains nothing");
        }
        int maxQueueSize =
                batching.getMaxQueueSize() == null ? Math.max(QUEUE, candidates) : batching.getMaxQueueSize();
        if (batching.getMaxQueueSize() == null) {
            derivations.add(
                    "server.batching.maxQueueSize",
                    String.valueOf(maxQueueSize),
                    candidates > QUEUE
                            ? "the rows of one call, candidates.max"
                            : "bounds memory; what cannot meet its deadline is shed before");
        }
        long drainMs = Math.max(MINIMUM_DRAIN_MS, (long) Math.ceil(2 * thresholdMs));
        long grace = PRE_STOP_SECONDS + (drainMs + 999) / 1000 + MARGIN_SECONDS;
        derivations.add(
                "server.terminationGracePeriod",
                grace + "s",
                PRE_STOP_SECONDS + "s until no endpoint lists the pod, " + Durations.format(Duration.ofMillis(drainMs))
                        + " to drain (2 x the threshold, at least 5s), " + MARGIN_SECONDS
                        + "s to write the prediction log and stop");
        derivations.add(
                "server.modelMemory",
                (modelBytes(limits) >> 20) + "Mi",
                "half of what the JVM leaves of the memory limit: while one model takes the place of another, and always"
                        + " with PreviousVersion in fallback.order, two are loaded");
        return new ServerPlan(
                instances,
                maxBatchSize,
                batching.getMaxQueueDelay() == null ? 0 : Durations.millis(batching.getMaxQueueDelay()),
                maxQueueSize,
                instances * maxBatchSize + maxQueueSize,
                spec.getExecutionProviders().isEmpty()
                        ? List.of("CPU")
                        : spec.getExecutionProviders().stream().map(Enum::name).toList(),
                spec.getTls() == null ? null : spec.getTls().getSecretRef().getName(),
                drainMs,
                PRE_STOP_SECONDS,
                grace,
                requests,
                limits,
                podTemplate(spec.getPodTemplate()));
    }

    private static long modelBytes(Map<String, Quantity> limits) {
        double limit = Quantities.number(limits.getOrDefault(MEMORY, new Quantity("1Gi")))
                .doubleValue();
        return (long) Math.max(0, (limit * (1 - HEAP_SHARE) - NATIVE_BYTES) / 2);
    }

    /**
     * Canonical requests and limits with none missing: a missing request is the limit, as Kubernetes has it; a missing
     * CPU limit is the request in whole cores, a missing memory limit the request.
     */
    static void fill(
            ResourceRequirements given,
            Map<String, Quantity> requests,
            Map<String, Quantity> limits,
            String component,
            Map<String, String> defaults,
            Derivations derivations) {
        Map<String, Quantity> givenRequests = Quantities.canonical(given.getRequests());
        Map<String, Quantity> givenLimits = Quantities.canonical(given.getLimits());
        requests.putAll(givenRequests == null ? Map.of() : givenRequests);
        limits.putAll(givenLimits == null ? Map.of() : givenLimits);
        for (Map.Entry<String, String> fallback : new TreeMap<>(defaults).entrySet()) {
            String resource = fallback.getKey();
            Quantity request = requests.get(resource);
            Quantity limit = limits.get(resource);
            if (request == null && limit == null) {
                limit = Quantities.canonical(fallback.getValue());
                derivations.add(
                        component + ".resources." + resource, limit.toString(), "default; set it to what you measured");
            } else if (limit == null && request != null) {
                limit = resource.equals(CPU)
                        ? Quantities.cores(Math.ceil(Quantities.number(request).doubleValue()))
                        : request;
            }
            if (limit != null) {
                limits.put(resource, limit);
                requests.putIfAbsent(resource, limit);
            }
        }
    }

    private static int instances(@Nullable Integer given, Map<String, Quantity> limits, Derivations derivations) {
        if (given != null) {
            return given;
        }
        Quantity limit = limits.getOrDefault(CPU, new Quantity("1"));
        int instances = (int) Math.max(1, Math.ceil(Quantities.number(limit).doubleValue()));
        derivations.add("server.instances", String.valueOf(instances), "the CPU limit, " + limit + ", rounded up");
        return instances;
    }

    private static ServerPlan.PodTemplate podTemplate(PodTemplate given) {
        return new ServerPlan.PodTemplate(
                given.getLabels(),
                given.getAnnotations(),
                given.getNodeSelector(),
                given.getTolerations(),
                given.getPriorityClassName(),
                given.getServiceAccountName(),
                given.getRuntimeClassName());
    }
}
