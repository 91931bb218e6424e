package dev.millrace.server;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Batch;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.FeatureGroup.Stream;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.FallbackResponse;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.HttpCache;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.OutputValue;
import dev.millrace.contract.config.ServingConfig.RequestCache;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.ServingConfig.Threshold;
import dev.millrace.contract.config.Store;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Documents of a small fraud model: score(amount, purchases.count_1h, profile.risk). */
public final class Specs {
    public static final Entity CUSTOMER = new Entity("customer", List.of(new EntityKey("customer_id", "STRING")));
    /** Wide, because the machine of a test is shared; the deadline itself is tested with a store that hangs. */
    public static final double THRESHOLD_MS = 2_000;

    public static final double FEATURES_MS = 300;

    private Specs() {}

    public static Path model(String name) {
        try {
            return Path.of(Objects.requireNonNull(Specs.class.getResource("/models/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static FeatureGroup purchases(String onMissing, String onStale) {
        return new FeatureGroup(
                "purchases",
                "customer",
                "7f3a",
                new Stream("purchases", "json", "ts", "ms", 5_000, 600_000, null, "purchases.fraud.dlq"),
                null,
                List.of(new Aggregation("count_1h", "count", null, 3_600_000, Map.of(), "0")),
                List.of(),
                86_400_000,
                2_000L,
                100L,
                null,
                onMissing,
                onStale);
    }

    /** As purchases, of the last day, with a batch that may be {@code maxAgeMs} old; the stream keeps twice as much. */
    public static FeatureGroup hybrid(long maxAgeMs) {
        FeatureGroup purchases = purchases("Default", "Serve");
        return new FeatureGroup(
                purchases.name(),
                purchases.entity(),
                "11c0",
                purchases.stream(),
                new Batch("/none", "parquet", "ts"),
                List.of(new Aggregation("count_1h", "count", null, 86_400_000, Map.of(), "0")),
                List.of(),
                purchases.ttlMs(),
                2_000L,
                null,
                maxAgeMs,
                "Default",
                "Serve");
    }

    public static FeatureGroup profile() {
        return new FeatureGroup(
                "profile",
                "customer",
                "0b1c",
                null,
                new Batch("/none", "csv", null),
                List.of(),
                List.of(new Column("risk", "FP32", "0.5")),
                86_400_000,
                null,
                null,
                3_600_000L,
                "Default",
                "Serve");
    }

    public static Features features(String store, FeatureGroup purchases) {
        return new Features(
                new Store(store, null, null, null),
                List.of(CUSTOMER),
                List.of(purchases, profile()),
                List.of(
                        new RequestField("amount", "FP32", true, null),
                        new RequestField("channel", "INT64", false, "1")),
                List.of("amount", "purchases.count_1h", "profile.risk"),
                "Default",
                "Serve");
    }

    public static Fallback fallback(String... on) {
        return new Fallback(
                List.of(on),
                List.of("LastKnown", "PreviousVersion", "Default"),
                new FallbackResponse(
                        "approve",
                        List.of(
                                new OutputValue("label", "INT64", List.of("0")),
                                new OutputValue("probabilities", "FP32", List.of("1.0", "0.0")))));
    }

    public static ServingConfig config(
            @Nullable Features features,
            @Nullable Fallback fallback,
            @Nullable RequestCache cache,
            @Nullable Kafka kafka) {
        return new ServingConfig(
                "test",
                "fraud",
                "stable",
                new Model(model("score.onnx").toString(), "7", null, "onnx", List.of(), List.of()),
                new Slo("99.9", THRESHOLD_MS, "99.9", new Budget(FEATURES_MS, 100, 1_000, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, 4, 0, 64, 64, List.of("CPU"), 3_000),
                kafka,
                features,
                cache,
                new Threshold("probabilities", 1, 0.8, List.of("approve", "review")),
                fallback,
                kafka == null ? null : new Logger("predictions", 100, "all"),
                null);
    }

    /** The same with another SLO and other bounds. */
    static ServingConfig with(ServingConfig c, Slo slo, Server server) {
        return new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                c.model(),
                slo,
                server,
                c.kafka(),
                c.features(),
                c.requestCache(),
                c.threshold(),
                c.fallback(),
                c.logger(),
                c.drift());
    }

    /** The same with another model. */
    public static ServingConfig with(ServingConfig c, Model model) {
        return new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                model,
                c.slo(),
                c.server(),
                c.kafka(),
                c.features(),
                c.requestCache(),
                c.threshold(),
                c.fallback(),
                c.logger(),
                c.drift());
    }

    /** The same with answers that are kept by entity, and by caches in front. */
    static ServingConfig keeping(ServingConfig c, @Nullable EntityCache entities, @Nullable HttpCache http) {
        return new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                c.model(),
                c.slo(),
                c.server(),
                c.kafka(),
                c.features(),
                c.requestCache(),
                c.threshold(),
                c.fallback(),
                c.logger(),
                c.drift(),
                c.candidates(),
                c.ranking(),
                entities,
                http);
    }

    /** Of a model that needs nothing but the entity. */
    static Features withoutRequired(Features f) {
        return new Features(
                f.store(),
                f.entities(),
                f.groups(),
                List.of(
                        new RequestField("amount", "FP32", false, "100"),
                        new RequestField("channel", "INT64", false, "1")),
                f.vector(),
                f.onMissing(),
                f.onStale());
    }

    /** The same, whose callers may load and unload the model. */
    static ServingConfig withRepository(ServingConfig c) {
        Server s = c.server();
        return with(
                c,
                c.slo(),
                new Server(
                        s.restPort(),
                        s.grpcPort(),
                        s.metricsPort(),
                        s.host(),
                        s.instances(),
                        s.maxBatchSize(),
                        s.maxQueueDelayMs(),
                        s.maxQueueSize(),
                        s.maxInFlight(),
                        s.executionProviders(),
                        s.drainMs(),
                        s.tls(),
                        s.maxConnectionAgeMs(),
                        true,
                        s.gpu()));
    }
}
