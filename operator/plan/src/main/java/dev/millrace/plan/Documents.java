package dev.millrace.plan;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ModelSource;
import dev.millrace.contract.config.ServingConfig;
import org.jspecify.annotations.Nullable;

/** A plan and a placement give the documents that the processes read. */
final class Documents {
    static final String STABLE = "stable";

    private Documents() {}

    static ServingConfig serving(StackPlan plan, Placement placement) {
        ModelPlan model = plan.model();
        ServerPlan server = plan.server();
        return new ServingConfig(
                plan.namespace(),
                plan.name(),
                STABLE,
                new ServingConfig.Model(
                        placement.modelPath(),
                        model.version(),
                        model.digest(),
                        model.format(),
                        model.inputs(),
                        model.outputs()),
                plan.slo(),
                new ServingConfig.Server(
                        placement.restPort(),
                        placement.grpcPort(),
                        placement.metricsPort(),
                        placement.host(),
                        server.instances(),
                        server.maxBatchSize(),
                        server.maxQueueDelayMs(),
                        server.maxQueueSize(),
                        server.maxInFlight(),
                        server.executionProviders(),
                        server.drainMs(),
                        server.tlsSecret() == null || placement.tlsDir() == null
                                ? null
                                : new ServingConfig.Tls(
                                        placement.tlsDir() + "/tls.crt", placement.tlsDir() + "/tls.key"),
                        null),
                plan.serverUsesKafka() ? kafka(plan, placement) : null,
                features(plan, placement),
                plan.requestCache(),
                plan.threshold(),
                plan.fallback(),
                plan.logger(),
                drift(plan, placement),
                plan.answers().candidates(),
                plan.answers().ranking(),
                plan.answers().entityCache(),
                plan.answers().httpCache(),
                plan.streamInference());
    }

    /** For the loader that stands beside a server; only in a cluster. */
    static ModelSource source(StackPlan plan, Placement placement) {
        Source source = plan.model().source();
        return new ModelSource(
                source instanceof Source.HttpsFile https ? https.uri() : null,
                source instanceof Source.HttpsFile
                        ? null
                        : Placement.MODEL_SOURCE_DIR + "/" + Placement.inSource(source),
                plan.model().digest(),
                placement.modelPath());
    }

    static AggregatorConfig aggregator(StackPlan plan, Placement placement) {
        FeaturesPlan features = plan.features();
        if (features == null) {
            throw new IllegalStateException(plan.name() + " has no features, so it has no aggregator");
        }
        AggregatorPlan aggregator = features.aggregator();
        return new AggregatorConfig(
                plan.namespace(),
                plan.name(),
                features.streams().isEmpty() ? null : withRegistry(kafka(plan, placement), plan.kafka()),
                placement.store(),
                features.entities(),
                features.groups().stream()
                        // what neither a stream nor files fill concerns the server alone
                        .filter(g -> g.stream() != null || g.batch() != null)
                        .map(g -> placed(g, placement, access(features, placement, g.name())))
                        .toList(),
                placement.aggregatorMetricsPort(),
                placement.host(),
                aggregator == null ? 1 : aggregator.threads(),
                placement.stateDir(),
                aggregator == null || aggregator.rocksDbBytes() == null
                        ? null
                        : new AggregatorConfig.RocksDb(aggregator.rocksDbBytes()));
    }

    private static ServingConfig.@Nullable Features features(StackPlan plan, Placement placement) {
        FeaturesPlan features = plan.features();
        return features == null
                ? null
                : new ServingConfig.Features(
                        placement.store(),
                        features.entities(),
                        // how files are reached concerns no server
                        features.groups().stream()
                                .map(g -> placed(g, placement, null))
                                .toList(),
                        features.request(),
                        features.vector(),
                        features.onMissing(),
                        features.onStale());
    }

    private static FeatureGroup.@Nullable Access access(FeaturesPlan features, Placement placement, String group) {
        BatchPlan batch = features.batches().get(group);
        if (batch == null || batch.secret() == null && batch.endpoint() == null && batch.region() == null) {
            return null;
        }
        return new FeatureGroup.Access(
                batch.secret() == null ? null : placement.batchCredentialsDir(), batch.endpoint(), batch.region());
    }

    private static FeatureGroup placed(FeatureGroup group, Placement placement, FeatureGroup.@Nullable Access access) {
        FeatureGroup.Batch batch = group.batch();
        FeatureGroup.Sql sql = group.sql();
        if (batch == null && sql == null) {
            return group;
        }
        return new FeatureGroup(
                group.name(),
                group.entity(),
                group.revision(),
                group.stream(),
                batch == null
                        ? null
                        : new FeatureGroup.Batch(
                                placement.batchPaths().getOrDefault(group.name(), ""),
                                batch.format(),
                                batch.timestampField(),
                                access),
                group.aggregations(),
                group.columns(),
                group.ttlMs(),
                group.maxLagMs(),
                group.pipelineMs(),
                group.maxAgeMs(),
                group.onMissing(),
                group.onStale(),
                sql == null
                        ? null
                        : new FeatureGroup.Sql(
                                placement.sqlDirs().getOrDefault(group.name(), ""),
                                sql.query(),
                                sql.refreshMs(),
                                sql.timeoutMs(),
                                sql.maxConnections(),
                                sql.maxEntries()),
                group.feast());
    }

    private static @Nullable Kafka kafka(StackPlan plan, Placement placement) {
        String override = placement.kafka();
        if (override != null) {
            return new Kafka(override, null, null, null, null);
        }
        KafkaPlan kafka = plan.kafka();
        return kafka == null
                ? null
                : new Kafka(
                        kafka.bootstrapServers(),
                        kafka.caSecret() == null ? null : Placement.KAFKA_CA_DIR,
                        kafka.clientSecret() == null ? null : Placement.KAFKA_CLIENT_DIR,
                        kafka.mechanism(),
                        kafka.credentialsSecret() == null ? null : Placement.KAFKA_CREDENTIALS_DIR);
    }

    /** For those who read events; the server does not. */
    private static @Nullable Kafka withRegistry(@Nullable Kafka kafka, @Nullable KafkaPlan plan) {
        String url = plan == null ? null : plan.schemaRegistry();
        return kafka == null || plan == null || url == null
                ? kafka
                : new Kafka(
                        kafka.bootstrapServers(),
                        kafka.caDir(),
                        kafka.clientDir(),
                        kafka.mechanism(),
                        kafka.credentialsDir(),
                        new Kafka.SchemaRegistry(
                                url, plan.schemaRegistrySecret() == null ? null : Placement.SCHEMA_REGISTRY_DIR));
    }

    private static ServingConfig.@Nullable Drift drift(StackPlan plan, Placement placement) {
        DriftPlan drift = plan.drift();
        String dir = placement.modelSourceDir();
        return drift == null || dir == null
                ? null
                : new ServingConfig.Drift(drift.threshold(), dir + "/" + drift.baseline(), drift.maxFeatures());
    }
}
