package dev.millrace.aggregator;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The group of the fraud sample, in small. */
public final class Purchases {
    public static final String TOPIC = "purchases";
    public static final String NS = "payments.fraud";
    public static final Entity CUSTOMER =
            new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")));
    private static final long DAY = 86_400_000;

    private Purchases() {}

    public static FeatureGroup group() {
        return group("7f3a", "status == 'OK'");
    }

    public static FeatureGroup group(String revision, @Nullable String filter) {
        return group(TOPIC, revision, filter);
    }

    public static FeatureGroup group(String topic, String revision, @Nullable String filter) {
        return new FeatureGroup(
                "purchases",
                "customer",
                revision,
                new FeatureGroup.Stream(topic, "json", "ts", "ms", 5_000, 600_000, filter, deadLetters(revision)),
                null,
                List.of(
                        new Aggregation("count_1d", "count", null, DAY, Map.of(), "0"),
                        new Aggregation("sum_1d", "sum", "amount", DAY, Map.of(), "0"),
                        new Aggregation("max_1d", "max", "amount", DAY, Map.of(), "0"),
                        new Aggregation("merchants_1d", "approx_count_distinct", "merchant_id", DAY, Map.of(), "0")),
                List.of(),
                8 * DAY,
                2_000L,
                10L,
                null,
                "Default",
                "Serve");
    }

    /** The same group over events of another format. */
    public static FeatureGroup of(String format, String topic, String revision) {
        return of(format, topic, revision, null);
    }

    /** @param repartition {@code Auto} to have events re-keyed; null = never */
    public static FeatureGroup of(String format, String topic, String revision, @Nullable String repartition) {
        FeatureGroup g = group(topic, revision, "status == 'OK'");
        FeatureGroup.Stream s = Objects.requireNonNull(g.stream());
        return new FeatureGroup(
                g.name(),
                g.entity(),
                g.revision(),
                new FeatureGroup.Stream(
                        s.topic(),
                        format,
                        s.eventTimeField(),
                        s.eventTimeUnit(),
                        s.maxFutureMs(),
                        s.allowedLatenessMs(),
                        s.filter(),
                        s.deadLetterTopic(),
                        repartition,
                        null),
                null,
                g.aggregations(),
                g.columns(),
                g.ttlMs(),
                g.maxLagMs(),
                g.pipelineMs(),
                null,
                g.onMissing(),
                g.onStale());
    }

    /** The same group, in a store of Feast's. */
    public static FeatureGroup feast(FeatureGroup g, String view) {
        return new FeatureGroup(
                g.name(),
                g.entity(),
                g.revision(),
                g.stream(),
                null,
                g.aggregations(),
                g.columns(),
                g.ttlMs(),
                g.maxLagMs(),
                g.pipelineMs(),
                null,
                g.onMissing(),
                g.onStale(),
                null,
                new FeatureGroup.Feast("fraud", view, List.of("cust"), null));
    }

    /** The same group, in which events with the same id count once. */
    public static FeatureGroup deduplicated(FeatureGroup g, String field, long windowMs) {
        FeatureGroup.Stream s = Objects.requireNonNull(g.stream());
        return new FeatureGroup(
                g.name(),
                g.entity(),
                g.revision(),
                new FeatureGroup.Stream(
                        s.topic(),
                        s.format(),
                        s.eventTimeField(),
                        s.eventTimeUnit(),
                        s.maxFutureMs(),
                        s.allowedLatenessMs(),
                        s.filter(),
                        s.deadLetterTopic(),
                        s.repartition(),
                        new FeatureGroup.Dedup(field, windowMs)),
                g.batch(),
                g.aggregations(),
                g.columns(),
                g.ttlMs(),
                g.maxLagMs(),
                g.pipelineMs(),
                g.maxAgeMs(),
                g.onMissing(),
                g.onStale());
    }

    /** {@code event} with an id. */
    public static String identified(String event, String id) {
        return event.replace("{", "{\"event_id\":\"" + id + "\",");
    }

    public static String deadLetters(String revision) {
        return "purchases.fraud." + revision + ".dlq";
    }

    public static AggregatorConfig config(
            String bootstrapServers, String storeAddress, Path stateDir, int threads, FeatureGroup group) {
        return new AggregatorConfig(
                "payments",
                "fraud",
                new Kafka(bootstrapServers, null, null, null, null),
                new Store(storeAddress, null, null, null),
                List.of(CUSTOMER),
                List.of(group),
                0,
                "127.0.0.1",
                threads,
                stateDir.toString());
    }

    /** One event. */
    public static String json(String customer, String merchant, double amount, long timeMs) {
        return String.format(
                Locale.ROOT,
                "{\"customer_id\":\"%s\",\"merchant_id\":\"%s\",\"amount\":%s,\"status\":\"OK\",\"ts\":%d}",
                customer,
                merchant,
                amount,
                timeMs);
    }
}
