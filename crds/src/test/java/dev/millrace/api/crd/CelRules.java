package dev.millrace.api.crd;

import dev.millrace.api.testing.FraudExample;
import java.util.stream.Stream;

/** Every rule of the schema that an object on its own can break. Those on changes stand in {@code CrdIT}. */
public final class CelRules {

    private static final String GROUP = "/spec/features/groups/0";
    private static final String BATCH_GROUP = "/spec/features/groups/1";
    private static final String AGGREGATION = GROUP + "/aggregations/1";

    private static final String SQL =
            "{secretRef: {name: pg}, query: \"select avg_30d_spend from profiles where customer = $1\"}";

    private CelRules() {}

    public static Stream<CelRule> all() {
        return Stream.of(object(), model(), groups(), feast(), aggregations(), ranking(), streamInference())
                .flatMap(rules -> rules);
    }

    private static FraudExample scoring(FraudExample e) {
        return e.set("/spec/streamInference", "{input: {topic: readings}, output: {topic: anomalies}}")
                .remove("/spec/cache/entity");
    }

    private static Stream<CelRule> streamInference() {
        return Stream.of(
                new CelRule(
                        "streamInference needs kafka.bootstrapServers: add spec.kafka",
                        CelRules::scoring,
                        e -> scoring(e).remove("/spec/kafka").remove(GROUP).remove("/spec/logger")),
                new CelRule(
                        "streamInference scores one row for each reading: it needs spec.features, and no candidates",
                        CelRules::scoring,
                        e -> scoring(ranking(e))));
    }

    /** The fraud example as a model that ranks. */
    private static FraudExample ranking(FraudExample e) {
        return e.remove("/spec/features/vector")
                .remove("/spec/streamInference")
                .set("/spec/candidates", "{entity: customer, max: 500, vector: [amount, purchases.count_1h]}")
                .set("/spec/postProcessing", "{ranking: {topK: 10}}");
    }

    private static Stream<CelRule> ranking() {
        return Stream.of(
                new CelRule(
                        "the model's input is features.vector, or for a ranking model candidates.vector: give one of them",
                        CelRules::ranking,
                        e -> ranking(e).set("/spec/features/vector", "[amount]")),
                new CelRule(
                        "the model's input is features.vector, or for a ranking model candidates.vector: give one of them",
                        e -> e,
                        e -> e.remove("/spec/features/vector")),
                new CelRule("candidates need spec.features", CelRules::ranking, e -> ranking(e)
                        .remove("/spec/features")
                        .remove("/spec/cache")),
                new CelRule(
                        "candidates and postProcessing.ranking need each other: give both or none",
                        CelRules::ranking,
                        e -> ranking(e).remove("/spec/postProcessing")),
                new CelRule(
                        "threshold gives a label, ranking an order: give one of them", CelRules::ranking, e -> ranking(
                                        e)
                                .set(
                                        "/spec/postProcessing/threshold",
                                        "{output: probabilities, above: \"0.8\", labels: [a, b]}")),
                new CelRule(
                        "cache.entity.prewarm needs kafka.bootstrapServers: add spec.kafka",
                        e -> e.set("/spec/cache/entity", "{ttl: 1h, prewarm: {topic: popular-users}}"),
                        e -> e.set("/spec/cache/entity", "{ttl: 1h, prewarm: {topic: popular-users}}")
                                .remove("/spec/kafka")
                                .remove(GROUP)
                                .remove("/spec/streamInference")
                                .remove("/spec/logger")));
    }

    private static Stream<CelRule> object() {
        return Stream.of(
                new CelRule(
                        "metadata.name must have at most 40 characters: it is part of other names",
                        e -> e.named("a".repeat(40)),
                        e -> e.named("a".repeat(41))),
                new CelRule(
                        "metadata.name must be a DNS label that begins with a letter: it names a Service",
                        e -> e.named("fraud-7"),
                        e -> e.named("7.fraud")),
                new CelRule("logger needs kafka.bootstrapServers: add spec.kafka", e -> e, e -> e.remove("/spec/kafka")
                        .remove("/spec/streamInference")
                        .remove(GROUP)),
                new CelRule(
                        "features.groups[].stream needs kafka.bootstrapServers: add spec.kafka",
                        e -> e.remove("/spec/kafka")
                                .remove(GROUP)
                                .remove("/spec/logger")
                                .remove("/spec/streamInference")
                                .remove("/spec/cache/entity"),
                        e -> e.remove("/spec/kafka")
                                .remove("/spec/streamInference")
                                .remove("/spec/logger")),
                new CelRule(
                        "cache.request.key Vector is the hash of a feature vector: add spec.features or use Inputs",
                        e -> e.remove("/spec/features")
                                .remove("/spec/streamInference")
                                .set("/spec/cache/request/key", "Inputs"),
                        e -> e.remove("/spec/features").remove("/spec/streamInference")),
                new CelRule(
                        "scaling.maxReplicas must not be less than scaling.minReplicas",
                        e -> e.set("/spec/scaling", "{minReplicas: 3, maxReplicas: 3}"),
                        e -> e.set("/spec/scaling", "{minReplicas: 3, maxReplicas: 2}")),
                new CelRule(
                        "aggregator.maxReplicas must not be less than aggregator.minReplicas",
                        e -> e.set("/spec/features/aggregator", "{minReplicas: 3, maxReplicas: 3}"),
                        e -> e.set("/spec/features/aggregator", "{minReplicas: 3, maxReplicas: 2}")),
                new CelRule(
                        "the fallback step Default needs fallback.response",
                        e -> e.set("/spec/fallback", "{order: [LastKnown]}"),
                        e -> e.set("/spec/fallback", "{order: [LastKnown, Default]}")));
    }

    private static Stream<CelRule> model() {
        String digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        return Stream.of(
                new CelRule(
                        "model.digest is required (sha256:<64 hex digits>), except with oci://…@sha256:…",
                        e -> e.remove("/spec/model/digest")
                                .set("/spec/model/storageUri", "oci://registry.example.com/fraud@sha256:" + digest),
                        e -> e.remove("/spec/model/digest")),
                new CelRule(
                        "spec.model.digest in body should match",
                        e -> e.set("/spec/model/digest", "sha256:" + digest),
                        e -> e.set("/spec/model/digest", "sha256:beef")),
                new CelRule(
                        "features.store takes exactly one of managed and external",
                        e -> e.set("/spec/features/store", "{external: {address: \"rediss://store:6379\"}}"),
                        e -> e.set("/spec/features/store/external", "{address: \"rediss://store:6379\"}")),
                new CelRule(
                        "features.groups[].entity must name one of features.entities[].name",
                        e -> e,
                        e -> e.set(GROUP + "/entity", "merchant")),
                new CelRule(
                        "features.request[].name and features.groups[].name must differ",
                        e -> e,
                        e -> e.set("/spec/features/request/0/name", "purchases")));
    }

    /** The fraud example with a batch beside its stream. */
    private static FraudExample hybrid(FraudExample e) {
        return e.set(GROUP + "/batch", "{storageUri: \"pvc://history/purchases\", format: parquet, timestampField: ts}")
                .set(GROUP + "/freshness/maxAge", "26h");
    }

    private static FraudExample sql(FraudExample e) {
        return e.remove(BATCH_GROUP + "/batch").set(BATCH_GROUP + "/sql", SQL);
    }

    private static Stream<CelRule> groups() {
        return Stream.of(
                new CelRule(
                        "a feature group takes stream, batch or both, sql alone, or feast for values that Feast writes",
                        CelRules::hybrid,
                        e -> e.remove(BATCH_GROUP + "/batch")),
                new CelRule(
                        "a feature group takes stream, batch or both, sql alone, or feast for values that Feast writes",
                        CelRules::sql,
                        e -> e.set(BATCH_GROUP + "/sql", SQL)),
                new CelRule(
                        "an sql group, and one that Feast writes, needs columns and takes no aggregations",
                        CelRules::sql,
                        e -> sql(e).remove(BATCH_GROUP + "/columns")),
                new CelRule(
                        "sql.query must use the entity's keys, $1 to $n, as in: select score from notes where id = $1",
                        CelRules::sql,
                        e -> sql(e).set(BATCH_GROUP + "/sql/query", "select 1 as avg_30d_spend")),
                new CelRule(
                        "a group with stream and batch needs freshness.maxAge: its stream keeps twice as much",
                        CelRules::hybrid,
                        e -> hybrid(e).remove(GROUP + "/freshness/maxAge")),
                new CelRule(
                        "a stream group needs aggregations and takes no columns",
                        e -> e,
                        e -> e.remove(GROUP + "/aggregations")),
                new CelRule(
                        "a batch group needs columns and takes no aggregations",
                        e -> e,
                        e -> e.remove(BATCH_GROUP + "/columns")),
                new CelRule(
                        "freshness of a stream group is maxLag and pipeline, of a batch or sql group maxAge",
                        e -> e.remove(GROUP + "/freshness"),
                        e -> e.set(GROUP + "/freshness/maxAge", "1h")));
    }

    /** The fraud example on a store of Feast's. */
    private static FraudExample feast(FraudExample e) {
        return e.set(
                "/spec/features/store",
                "{external: {address: \"redis://feast:6379\", format: feast-v3, project: fraud, keyTtl: 30d}}");
    }

    private static Stream<CelRule> feast() {
        String store = "/spec/features/store/external";
        return Stream.of(
                new CelRule(
                        "store.external.project is Feast's project: give it with format feast-v3, and only then",
                        CelRules::feast,
                        e -> feast(e).remove(store + "/project").remove(store + "/keyTtl")),
                new CelRule(
                        "store.external.project is Feast's project: give it with format feast-v3, and only then",
                        CelRules::feast,
                        e -> feast(e).set(store + "/format", "native")),
                new CelRule("store.external.keyTtl belongs to format feast-v3", CelRules::feast, e -> feast(e).remove(
                                store + "/project")
                        .set(store + "/format", "native")),
                new CelRule(
                        "an sql group, and one that Feast writes, needs columns and takes no aggregations",
                        e -> feast(e).remove(BATCH_GROUP + "/batch").set(BATCH_GROUP + "/feast", "{}"),
                        e -> feast(e).remove(BATCH_GROUP + "/batch")
                                .set(BATCH_GROUP + "/feast", "{view: profile_v2, joinKeys: [customer]}")
                                .remove(BATCH_GROUP + "/columns")),
                new CelRule(
                        "a group of a store of Feast's takes stream or batch, not both: Feast's layout has no tiles to merge",
                        CelRules::hybrid,
                        e -> hybrid(feast(e)).set(GROUP + "/feast", "{}")));
    }

    private static Stream<CelRule> aggregations() {
        return Stream.of(
                new CelRule(
                        "this aggregation function needs a column",
                        e -> e.set(AGGREGATION, "{name: since, function: time_since_last, timeWindow: 1d}"),
                        e -> e.remove(AGGREGATION + "/column")),
                new CelRule(
                        "count takes no column",
                        e -> e.set(AGGREGATION, "{name: sum_1d, function: count, timeWindow: 1d}"),
                        e -> e.set(AGGREGATION + "/function", "count")),
                new CelRule(
                        "args.n belongs to first_n and last_n, and they need it",
                        e -> e.set(AGGREGATION + "/function", "first_n").set(AGGREGATION + "/args", "{n: 3}"),
                        e -> e.set(AGGREGATION + "/function", "first_n")),
                new CelRule(
                        "args.q belongs to approx_percentile, and it needs it",
                        e -> e.set(AGGREGATION + "/function", "approx_percentile")
                                .set(AGGREGATION + "/args", "{q: \"0.99\"}"),
                        e -> e.set(AGGREGATION + "/args", "{q: \"0.99\"}")),
                new CelRule(
                        "args.halfLife belongs to decayed_sum, and it needs it",
                        e -> e.set(AGGREGATION + "/function", "decayed_sum")
                                .set(AGGREGATION + "/args", "{halfLife: 1h}"),
                        e -> e.set(AGGREGATION + "/function", "decayed_sum")));
    }
}
