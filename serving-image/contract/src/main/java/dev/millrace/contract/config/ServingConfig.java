package dev.millrace.contract.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code serving.json}: everything that one model server needs to know. Durations are milliseconds and say so in their
 * name. A part that is null is not asked for.
 *
 * @param namespace Kubernetes namespace, label of every metric; {@code local} outside a cluster
 * @param name name of the RealtimeModel; the model's name in every protocol
 * @param variant {@code stable}, a canary's name, {@code cpu-fallback} or {@code mirror}
 * @param candidates null = each entity of a call has its own prediction
 * @param ranking null exactly when {@code candidates} is
 * @param entityCache null = none
 * @param httpCache null = GET predictions is not served
 * @param streamInference null = the server answers callers only
 */
public record ServingConfig(
        String namespace,
        String name,
        String variant,
        Model model,
        Slo slo,
        Server server,
        @Nullable Kafka kafka,
        @Nullable Features features,
        @Nullable RequestCache requestCache,
        @Nullable Threshold threshold,
        @Nullable Fallback fallback,
        @Nullable Logger logger,
        @Nullable Drift drift,
        @Nullable Candidates candidates,
        @Nullable Ranking ranking,
        @Nullable EntityCache entityCache,
        @Nullable HttpCache httpCache,
        @Nullable StreamInference streamInference) {

    /** Scores no topic. */
    public ServingConfig(
            String namespace,
            String name,
            String variant,
            Model model,
            Slo slo,
            Server server,
            @Nullable Kafka kafka,
            @Nullable Features features,
            @Nullable RequestCache requestCache,
            @Nullable Threshold threshold,
            @Nullable Fallback fallback,
            @Nullable Logger logger,
            @Nullable Drift drift,
            @Nullable Candidates candidates,
            @Nullable Ranking ranking,
            @Nullable EntityCache entityCache,
            @Nullable HttpCache httpCache) {
        this(
                namespace,
                name,
                variant,
                model,
                slo,
                server,
                kafka,
                features,
                requestCache,
                threshold,
                fallback,
                logger,
                drift,
                candidates,
                ranking,
                entityCache,
                httpCache,
                null);
    }

    /** Neither ranks nor keeps answers by entity. */
    public ServingConfig(
            String namespace,
            String name,
            String variant,
            Model model,
            Slo slo,
            Server server,
            @Nullable Kafka kafka,
            @Nullable Features features,
            @Nullable RequestCache requestCache,
            @Nullable Threshold threshold,
            @Nullable Fallback fallback,
            @Nullable Logger logger,
            @Nullable Drift drift) {
        this(
                namespace,
                name,
                variant,
                model,
                slo,
                server,
                kafka,
                features,
                requestCache,
                threshold,
                fallback,
                logger,
                drift,
                null,
                null,
                null,
                null);
    }

    /** The same with another model. */
    public ServingConfig withModel(Model other) {
        return new ServingConfig(
                namespace,
                name,
                variant,
                other,
                slo,
                server,
                kafka,
                features,
                requestCache,
                threshold,
                fallback,
                logger,
                drift,
                candidates,
                ranking,
                entityCache,
                httpCache,
                streamInference);
    }

    /** The same with another Kafka. */
    public ServingConfig withKafka(@Nullable Kafka other) {
        return new ServingConfig(
                namespace,
                name,
                variant,
                model,
                slo,
                server,
                other,
                features,
                requestCache,
                threshold,
                fallback,
                logger,
                drift,
                candidates,
                ranking,
                entityCache,
                httpCache,
                streamInference);
    }

    /** The same that scores a topic. */
    public ServingConfig withStreamInference(@Nullable StreamInference stream) {
        return new ServingConfig(
                namespace,
                name,
                variant,
                model,
                slo,
                server,
                kafka,
                features,
                requestCache,
                threshold,
                fallback,
                logger,
                drift,
                candidates,
                ranking,
                entityCache,
                httpCache,
                stream);
    }

    /**
     * @param path the file that the model loader has put in place
     * @param version shown in answers, metrics and logs
     * @param digest {@code sha256:<64 hex>} of the file, checked again at load; null = unchecked (laptop only)
     * @param format {@code onnx}
     * @param inputs expected signature, empty = whatever the file says
     */
    public record Model(
            String path,
            String version,
            @Nullable String digest,
            String format,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs) {}

    /** A tensor's name, Open Inference Protocol datatype and shape; -1 is a dimension that may vary. */
    public record TensorSpec(String name, String datatype, List<Long> shape) {}

    /**
     * @param percentile share of requests, in per cent, as the spec wrote it: {@code "99.9"}
     * @param thresholdMs end of the whole request, first byte read to last byte written
     * @param availability in per cent, as the spec wrote it
     */
    public record Slo(String percentile, double thresholdMs, String availability, Budget budget) {}

    /**
     * What each stage may take, in ms; the plan derived what the spec left out.
     *
     * @param cutsQueue the spec itself gave {@code queue}: a request that waits longer is given up. A derived one only
     *     plans: to cut by it would throw away requests that still make the threshold
     */
    public record Budget(
            double featuresMs, double queueMs, double inferenceMs, double postProcessingMs, boolean cutsQueue) {
        /** With a derived {@code queue}. */
        public Budget(double featuresMs, double queueMs, double inferenceMs, double postProcessingMs) {
            this(featuresMs, queueMs, inferenceMs, postProcessingMs, false);
        }
    }

    /**
     * @param instances inference threads
     * @param maxBatchSize rows merged across requests
     * @param maxQueueSize rows that may wait
     * @param maxInFlight upper bound of the requests queued and executing, from {@code maxQueueSize}; the server lowers it
     *     to what its own calibration says can still make the SLO
     * @param executionProviders in order: {@code TensorRT, CUDA, CPU}
     * @param drainMs how long a stop waits for requests under way
     * @param tls of the REST and gRPC ports; null = plain text. The metrics port is always plain: probes and Prometheus
     *     reach it within the cluster
     * @param maxConnectionAgeMs callers are asked to connect anew after it, give or take a fifth, so that replicas that
     *     came later get their share; null or 0 = a minute
     * @param repositoryApi whether callers may list, load and unload the model; null = no: in a cluster the model changes
     *     through its RealtimeModel only
     * @param gpu how CUDA and TensorRT are used; null = their defaults
     */
    public record Server(
            int restPort,
            int grpcPort,
            int metricsPort,
            String host,
            int instances,
            int maxBatchSize,
            double maxQueueDelayMs,
            int maxQueueSize,
            int maxInFlight,
            List<String> executionProviders,
            long drainMs,
            @Nullable Tls tls,
            @Nullable Long maxConnectionAgeMs,
            @Nullable Boolean repositoryApi,
            @Nullable Gpu gpu) {

        /** Without the repository extension, and nothing said about a GPU. */
        public Server(
                int restPort,
                int grpcPort,
                int metricsPort,
                String host,
                int instances,
                int maxBatchSize,
                double maxQueueDelayMs,
                int maxQueueSize,
                int maxInFlight,
                List<String> executionProviders,
                long drainMs,
                @Nullable Tls tls,
                @Nullable Long maxConnectionAgeMs) {
            this(
                    restPort,
                    grpcPort,
                    metricsPort,
                    host,
                    instances,
                    maxBatchSize,
                    maxQueueDelayMs,
                    maxQueueSize,
                    maxInFlight,
                    executionProviders,
                    drainMs,
                    tls,
                    maxConnectionAgeMs,
                    null,
                    null);
        }

        /** In plain text, with connections of the usual age. */
        public Server(
                int restPort,
                int grpcPort,
                int metricsPort,
                String host,
                int instances,
                int maxBatchSize,
                double maxQueueDelayMs,
                int maxQueueSize,
                int maxInFlight,
                List<String> executionProviders,
                long drainMs) {
            this(
                    restPort,
                    grpcPort,
                    metricsPort,
                    host,
                    instances,
                    maxBatchSize,
                    maxQueueDelayMs,
                    maxQueueSize,
                    maxInFlight,
                    executionProviders,
                    drainMs,
                    null,
                    null);
        }
    }

    /** Mounted files, PEM: the certificate chain and its key (PKCS#8). Read again when they change. */
    public record Tls(String certPath, String keyPath) {}

    /**
     * @param memoryBytes of the GPU that each instance may take; 0 = all of it
     * @param precision {@code FP32}, {@code FP16} or {@code INT8}; the last is for a model that is quantised
     * @param engineCache directory where TensorRT keeps built engines; null = they are built at each start
     */
    public record Gpu(long memoryBytes, String precision, @Nullable String engineCache) {}

    /**
     * @param store where features are read
     * @param entities by name
     * @param groups every group that {@code vector} names
     * @param request fields that the caller sends
     * @param vector the model's input, in order: {@code amount} (a request field) or {@code group.feature}
     * @param onMissing {@code Default} or {@code Reject}, overridden by a group
     * @param onStale {@code Serve}, {@code Default} or {@code Reject}, overridden by a group
     */
    public record Features(
            Store store,
            List<Entity> entities,
            List<FeatureGroup> groups,
            List<RequestField> request,
            List<String> vector,
            String onMissing,
            String onStale) {}

    /** A field of {@code inputs} in a predict call. {@code defaultValue} is used when it is absent and not required. */
    public record RequestField(String name, String datatype, boolean required, @Nullable String defaultValue) {}

    /** L1. {@code key}: {@code Vector} or {@code Inputs}. */
    public record RequestCache(long ttlMs, int maxEntries, String key) {}

    /**
     * A ranking model: each call names one user and the items to rank. {@code features.vector} is then the input for each
     * item.
     *
     * @param entity whose keys each candidate has
     * @param max items of a call
     */
    public record Candidates(String entity, int max) {}

    /**
     * The order of the candidates.
     *
     * @param topK items of an answer
     * @param output holds an item's relevance; null = the model's only floating point output
     * @param index column of a [n,k] output; -1 = the last
     * @param require vector entries or request fields; an item of which one is 0 or nothing is not shown
     */
    public record Ranking(
            int topK, @Nullable String output, int index, @Nullable Diversity diversity, List<String> require) {}

    /**
     * Maximal marginal relevance (Carbonell and Goldstein, 1998): the next item is the one with the highest
     * {@code lambda * relevance - (1 - lambda) * [one of its kind is chosen]}, with relevance scaled to 0..1 within the
     * call.
     *
     * @param by vector entry or request field that tells the kinds apart
     */
    public record Diversity(String by, double lambda) {}

    /** L2: answers by entity. {@code prewarm} null = nothing is predicted before it is asked for. */
    public record EntityCache(long ttlMs, int maxEntries, @Nullable Prewarm prewarm) {}

    /** A topic whose values are bodies of predict calls; the newest {@code max} of them are answered in advance. */
    public record Prewarm(String topic, int max) {}

    /** Cache-Control of GET predictions, in ms; {@code staleWhileRevalidateMs} 0 = not at all. */
    public record HttpCache(long maxAgeMs, long staleWhileRevalidateMs) {}

    /**
     * A topic whose every record is a row for the model; there is no caller.
     *
     * @param group the consumer group that all servers of the model share
     * @param input each value is a JSON object: the entity's keys and the request fields by their names
     * @param output one record for each reading
     * @param deadLetterTopic what cannot be scored
     * @param only CEL over {@link ResultVariable}s: results for which it is false are not written; null = all are
     */
    public record StreamInference(
            String group, String input, String output, String deadLetterTopic, @Nullable String only) {}

    /**
     * {@code output[index] > above} gives {@code labels[1]}, else {@code labels[0]}.
     *
     * @param index column of a [n,k] output
     */
    public record Threshold(String output, int index, double above, List<String> labels) {}

    /**
     * @param on reasons that lead here: ModelUnavailable, Timeout, Overload, FeatureStoreUnavailable, FeatureMissing,
     *     FeatureStale
     * @param order LastKnown, PreviousVersion, Default
     */
    public record Fallback(List<String> on, List<String> order, @Nullable FallbackResponse response) {}

    /** The constant answer: a label and named outputs. */
    public record FallbackResponse(@Nullable String label, List<OutputValue> outputs) {}

    /** Values as decimal strings, so that no precision is lost between YAML and tensor. */
    public record OutputValue(String name, String datatype, List<String> data) {}

    /** {@code percent} of entities, by a hash of the entity key. {@code mode}: all. */
    public record Logger(String topic, double percent, String mode) {}

    /**
     * Drift against the model's baseline. The server reads the baseline at load, because the operator reads no file that
     * is shipped beside a model.
     *
     * @param threshold PSI above which drift is reported
     * @param baselinePath JSON file: an object of vector entry to {@link DriftReference} (keys {@code edges, ratios,
     *     samples}); entries that the vector does not name are ignored
     * @param maxFeatures how many of the vector's entries are watched, in the vector's order
     */
    public record Drift(double threshold, String baselinePath, int maxFeatures) {}

    /**
     * @param edges inner edges, ascending: n edges make n+1 bins {@code (-inf,e0], (e0,e1], … (en-1,+inf)}
     * @param ratios share of the reference in each bin; same order, n+1 values, then one for null (NaN)
     * @param samples size of the reference
     */
    public record DriftReference(List<Double> edges, List<Double> ratios, long samples) {}
}
