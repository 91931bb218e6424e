package dev.millrace.plan.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.plan.Finding;
import dev.millrace.plan.Finding.Reason;
import dev.millrace.plan.Finding.Severity;
import dev.millrace.plan.Specs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule with one spec that it accepts and one that it rejects. */
@NullUnmarked // what is null here fails the test
class SpecCheckTest {
    private static final String G0 = "spec.features.groups[0]";
    private static final String G1 = "spec.features.groups[1]";
    private static final String A1 = G0 + ".aggregations[1]";

    /** @param accepted and rejected edits of the full spec, separated by " & " */
    private record Rule(Severity severity, Reason reason, String field, String accepted, String rejected) {
        @Override
        public String toString() {
            return reason + " " + field + " <- " + rejected;
        }
    }

    private static Rule error(Reason reason, String field, String accepted, String rejected) {
        return new Rule(Severity.error, reason, field, accepted, rejected);
    }

    private static Rule warning(Reason reason, String field, String accepted, String rejected) {
        return new Rule(Severity.warning, reason, field, accepted, rejected);
    }

    static Stream<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        rules.addAll(model());
        rules.addAll(serving());
        rules.addAll(features());
        rules.addAll(answers());
        rules.addAll(streamInference());
        rules.addAll(rankings());
        rules.addAll(keptAnswers());
        rules.addAll(sql());
        rules.addAll(feast());
        return rules.stream();
    }

    private static List<Rule> model() {
        String uri = "spec.model.storageUri";
        return List.of(
                error(Reason.NameInvalid, "metadata.name", "metadata.name: a-model-2", "metadata.name: 2fast"),
                error(
                        Reason.NameInvalid,
                        "metadata.name",
                        "metadata.name: " + "m".repeat(40),
                        "metadata.name: " + "m".repeat(41)),
                error(Reason.Required, uri, "", uri + ": ''"),
                error(Reason.InvalidValue, uri, uri + ": pvc://models/fraud/model.onnx", uri + ": pvc://models/../x"),
                error(Reason.InvalidValue, uri, uri + ": configmap://m/k", uri + ": configmap://m"),
                error(Reason.NotSupported, uri, uri + ": pvc://m/k", uri + ": s3://models/fraud/7/model.onnx"),
                error(Reason.NotSupported, uri, uri + ": pvc://m/k", uri + ": gs://models/model.onnx"),
                error(Reason.NotSupported, uri, uri + ": pvc://m/k", uri + ": hf://org/model"),
                error(Reason.NotSupported, uri, uri + ": pvc://m/k", uri + ": oci://registry/m@sha256:00"),
                error(Reason.NotSupported, uri, uri + ": pvc://m/k", uri + ": pvc://m/k/"),
                error(Reason.DigestRequired, "spec.model.digest", "", "- spec.model.digest"),
                error(Reason.InvalidValue, "spec.model.digest", "", "spec.model.digest: sha256:123"),
                error(Reason.NotSupported, "spec.model.storage", "", "spec.model.storage: {region: eu}"),
                error(
                        Reason.DuplicateName,
                        "spec.model.outputs[1].name",
                        "",
                        "spec.model.outputs[1].name: label & - spec.postProcessing & - spec.fallback"),
                error(Reason.InvalidValue, "spec.model.inputs[0].shape", "", "spec.model.inputs[0].shape: [-1, 0]"));
    }

    private static List<Rule> serving() {
        String threshold = "spec.slo.latency.threshold";
        String budget = "spec.slo.budget";
        String cpu = "spec.server.resources.limits.cpu";
        return List.of(
                error(Reason.InvalidDuration, threshold, threshold + ": 0.05s", threshold + ": fifty"),
                error(Reason.InvalidDuration, threshold, threshold + ": 1s", threshold + ": 0ms"),
                error(
                        Reason.InvalidValue,
                        "spec.slo.latency.percentile",
                        "spec.slo.latency.percentile: \"99\"",
                        "spec.slo.latency.percentile: \"100\""),
                error(Reason.InvalidValue, "spec.slo.availability", "", "spec.slo.availability: \"0\""),
                error(
                        Reason.BudgetOverThreshold,
                        budget,
                        budget + ": {features: 10ms, queue: 10ms, inference: 28ms, postProcessing: 2ms}",
                        budget + ": {features: 10ms, queue: 10ms, inference: 28ms, postProcessing: 2.5ms}"),
                error(
                        Reason.BudgetOverThreshold,
                        budget,
                        budget + ": {inference: 49ms}",
                        budget + ": {inference: 50ms}"),
                warning(Reason.NotEnforced, budget + ".inference", "", budget + ".inference: 10ms"),
                error(
                        Reason.BudgetOverThreshold,
                        "spec.server.batching.maxQueueDelay",
                        "spec.server.batching.maxQueueDelay: 1ms",
                        "spec.server.batching.maxQueueDelay: 50ms"),
                error(Reason.InvalidQuantity, cpu, cpu + ": 4500m", cpu + ": '3'"),
                error(Reason.InvalidQuantity, cpu, cpu + ": '8'", cpu + ": many"),
                error(
                        Reason.NotSupported,
                        "spec.server.resources.claims",
                        "",
                        "spec.server.resources.claims: [{name: gpu}]"),
                error(
                        Reason.InvalidValue,
                        "spec.server.podTemplate.labels[app.kubernetes.io/instance]",
                        "spec.server.podTemplate.labels: {app: x}",
                        "spec.server.podTemplate.labels: {app.kubernetes.io/instance: other}"),
                error(
                        Reason.ReplicasInvalid,
                        "spec.scaling.maxReplicas",
                        "spec.scaling.maxReplicas: 2",
                        "spec.scaling.maxReplicas: 1"),
                error(Reason.ReplicasInvalid, "spec.scaling.minReplicas", "", "spec.scaling.minReplicas: 0"),
                warning(Reason.SingleReplica, "spec.scaling.minReplicas", "", "spec.scaling.minReplicas: 1"),
                error(
                        Reason.InvalidValue,
                        "spec.scaling.burstFactor",
                        "spec.scaling.burstFactor: \"2\"",
                        "spec.scaling.burstFactor: \"0.5\""),
                error(Reason.NotSupported, "spec.scaling.targetInFlight", "", "spec.scaling.targetInFlight: \"3\""),
                error(Reason.KafkaRequired, "spec.kafka", "", "- spec.kafka & - spec.logger"),
                error(
                        Reason.KafkaRequired,
                        "spec.kafka",
                        "- spec.kafka & - spec.logger & - spec.features & - spec.cache & - spec.monitoring"
                                + " & spec.fallback.order: [Default]",
                        "- spec.kafka & - spec.features & - spec.cache & - spec.monitoring"
                                + " & spec.fallback.order: [Default]"),
                error(
                        Reason.InvalidValue,
                        "spec.kafka.bootstrapServers",
                        "spec.kafka.bootstrapServers: kafka:9092",
                        "spec.kafka.bootstrapServers: kafka"),
                error(
                        Reason.Required,
                        "spec.kafka.authentication.secretRef.name",
                        "",
                        "spec.kafka.authentication.secretRef.name: ''"),
                error(
                        Reason.InvalidValue,
                        "spec.network.allowFrom",
                        "spec.network.allowFrom: [{podSelector: {}}]",
                        "spec.network: {policy: Disabled, allowFrom: [{podSelector: {}}]}"),
                error(Reason.NotSupported, "spec.network.restrictEgress", "", "spec.network.restrictEgress: true"));
    }

    /** A batch beside the stream. */
    private static final String HYBRID = G0
            + ".batch: {storageUri: 'pvc://history/purchases', format: parquet, schedule: '0 2 * * *', timestampField: ts} & "
            + G0 + ".freshness.maxAge: 26h";

    private static List<Rule> features() {
        return List.of(
                error(
                        Reason.StoreInvalid,
                        "spec.features.store",
                        "spec.features.store: {external: {address: 'redis://store:6379'}}",
                        "spec.features.store: {}"),
                error(
                        Reason.StoreInvalid,
                        "spec.features.store.external.address",
                        "spec.features.store: {external: {address: 'rediss://store:6379'}}",
                        "spec.features.store: {external: {address: 'redis://user:pw@store:6379'}}"),
                error(
                        Reason.DuplicateName,
                        "spec.features.entities[1].name",
                        "spec.features.entities[1]: {name: item, keys: [{name: id, type: INT64}]}",
                        "spec.features.entities[1]: {name: customer, keys: [{name: id, type: INT64}]}"),
                error(Reason.Required, "spec.features.entities[0].keys", "", "spec.features.entities[0].keys: []"),
                error(Reason.EntityUnknown, G0 + ".entity", "", G0 + ".entity: shop"),
                error(Reason.DuplicateName, G1 + ".name", "", G1 + ".name: purchases"),
                error(Reason.GroupWithoutSource, G1, "", "- " + G1 + ".batch"),
                error(Reason.Required, G0 + ".freshness.maxAge", HYBRID, HYBRID + " & - " + G0 + ".freshness.maxAge"),
                error(
                        Reason.InvalidDuration,
                        G0 + ".freshness.maxAge",
                        HYBRID + " & " + G0 + ".freshness.maxAge: 14d",
                        HYBRID + " & " + G0 + ".freshness.maxAge: 15d"),
                error(
                        Reason.Required,
                        G0 + ".batch.timestampField",
                        HYBRID,
                        HYBRID + " & - " + G0 + ".batch.timestampField"),
                error(Reason.Required, G0 + ".batch.format", HYBRID, HYBRID + " & - " + G0 + ".batch.format"),
                error(
                        Reason.FieldDoesNotApply,
                        G0 + ".batch.parallelism",
                        HYBRID + " & " + G0 + ".batch.parallelism: 1",
                        HYBRID + " & " + G0 + ".batch.parallelism: 2"),
                warning(
                        Reason.ScheduleMissing,
                        G0 + ".batch.schedule",
                        HYBRID,
                        HYBRID + " & - " + G0 + ".batch.schedule"),
                error(
                        Reason.FieldDoesNotApply,
                        G0 + ".columns",
                        HYBRID,
                        HYBRID + " & " + G0 + ".columns: [{name: x, datatype: FP32}]"),
                error(Reason.NameInvalid, G1 + ".name", "", "metadata.name: " + "m".repeat(40)),
                error(
                        Reason.RepartitionTooSlow,
                        G0 + ".freshness.pipeline",
                        G0 + ".stream.repartition: Auto & " + G0 + ".freshness.pipeline: 200ms",
                        G0 + ".stream.repartition: Auto & " + G0 + ".freshness.pipeline: 10ms"),
                error(
                        Reason.SchemaRegistryRequired,
                        G0 + ".stream.format",
                        G0
                                + ".stream.format: avro & spec.kafka.schemaRegistry: {url: 'https://registry:8081/apis/ccompat/v7'}",
                        G0 + ".stream.format: avro"),
                error(
                        Reason.InvalidValue,
                        "spec.kafka.schemaRegistry.url",
                        "spec.kafka.schemaRegistry: {url: 'http://registry:8081'}",
                        "spec.kafka.schemaRegistry: {url: 'http://user:pw@registry:8081'}"),
                error(Reason.TtlTooShort, G0 + ".ttl", G0 + ".ttl: 1d10m", G0 + ".ttl: 1d9m"),
                error(
                        Reason.TtlTooShort,
                        G0 + ".ttl",
                        "- " + G0 + ".stream.allowedLateness & " + G0 + ".ttl: 1d10m",
                        "- " + G0 + ".stream.allowedLateness & " + G0 + ".ttl: 1d"),
                error(Reason.TtlTooShort, G1 + ".ttl", G1 + ".ttl: 26h", G1 + ".ttl: 25h"),
                error(Reason.InvalidDuration, G0 + ".ttl", "", G0 + ".ttl: 8 days"),
                error(
                        Reason.InvalidValue,
                        G0 + ".stream.deadLetterTopic",
                        G0 + ".stream.deadLetterTopic: bad",
                        G0 + ".stream.deadLetterTopic: purchases"),
                error(
                        Reason.InvalidDuration,
                        G0 + ".stream.eventTime.maxFuture",
                        G0 + ".stream.eventTime.maxFuture: 1m",
                        G0 + ".stream.eventTime.maxFuture: 1h"),
                error(
                        Reason.Required,
                        G0 + ".stream.eventTime.field",
                        "- " + G0 + ".stream.eventTime",
                        "- " + G0 + ".stream.eventTime.field"),
                error(
                        Reason.FieldDoesNotApply,
                        "spec.features.aggregator.state",
                        "spec.features.aggregator: {state: RocksDB}",
                        "spec.features.aggregator: {state: RocksDB} & - spec.features.groups[0] & spec.features.vector:"
                                + " [profile.avg_30d_spend] & spec.model.inputs[0].shape: [-1, 1]"),
                error(
                        Reason.InvalidValue,
                        "spec.features.aggregator.resources",
                        "spec.features.aggregator: {state: RocksDB, resources: {limits: {memory: 256Mi}}}",
                        "spec.features.aggregator: {state: RocksDB, resources: {requests: {memory: 255Mi}}}"),
                error(
                        Reason.InvalidValue,
                        "spec.features.aggregator.resources",
                        "spec.features.aggregator: {state: RocksDB, resources: {limits: {ephemeral-storage: 1Gi}}}",
                        "spec.features.aggregator: {state: RocksDB, resources: {limits: {ephemeral-storage: 1000Mi}}}"),
                error(
                        Reason.ReplicasInvalid,
                        "spec.features.aggregator.maxReplicas",
                        "spec.features.aggregator: {minReplicas: 2, maxReplicas: 2}",
                        "spec.features.aggregator: {minReplicas: 2, maxReplicas: 1}"),
                error(
                        Reason.Required,
                        G0 + ".stream.dedup.field",
                        G0 + ".stream.dedup: {field: id}",
                        G0 + ".stream.dedup: {window: 10m}"),
                error(
                        Reason.InvalidDuration,
                        G0 + ".stream.dedup.window",
                        G0 + ".stream.dedup: {field: id, window: 24h}",
                        G0 + ".stream.dedup: {field: id, window: 25h}"),
                warning(
                        Reason.InvalidDuration,
                        G0 + ".stream.dedup.window",
                        G0 + ".stream.dedup: {field: id, window: 10m}",
                        G0 + ".stream.dedup: {field: id, window: 9m}"),
                error(Reason.AggregationsRequired, G0 + ".aggregations", "", G0 + ".aggregations: []"),
                error(Reason.FieldDoesNotApply, G0 + ".columns", "", G0 + ".columns: [{name: x, datatype: FP32}]"),
                error(Reason.DuplicateName, A1 + ".name", "", A1 + ".name: count_1h"),
                error(
                        Reason.Required,
                        A1 + ".args.halfLife",
                        A1
                                + ": {name: sum_1d, function: decayed_sum, column: mcc, timeWindow: 1d, args: {halfLife: 1h}}",
                        A1 + ": {name: sum_1d, function: decayed_sum, column: mcc, timeWindow: 1d}"),
                error(
                        Reason.ArgumentInvalid,
                        A1 + ".args.halfLife",
                        A1
                                + ": {name: sum_1d, function: decayed_sum, column: mcc, timeWindow: 1d, args: {halfLife: 87s}}",
                        A1
                                + ": {name: sum_1d, function: decayed_sum, column: mcc, timeWindow: 1d, args: {halfLife: 86s}}"),
                error(
                        Reason.ArgumentInvalid,
                        A1 + ".args.halfLife",
                        A1
                                + ": {name: sum_1d, function: decayed_sum, column: mcc, timeWindow: 1m, args: {halfLife: 2s}}",
                        A1
                                + ": {name: sum_1d, function: decayed_sum, column: mcc, timeWindow: 1m, args: {halfLife: 1500ms}}"),
                error(
                        Reason.ArgumentInvalid,
                        A1 + ".args.q",
                        A1
                                + ": {name: sum_1d, function: approx_percentile, column: mcc, timeWindow: 1d, args: {q: \"0.95\"}}",
                        A1 + ": {name: sum_1d, function: approx_percentile, column: mcc, timeWindow: 1d}"),
                error(Reason.ColumnRequired, A1 + ".column", A1 + ".column: tip", "- " + A1 + ".column"),
                error(Reason.FieldDoesNotApply, A1 + ".column", "", A1 + ".function: count"),
                error(Reason.WindowOutOfBounds, A1 + ".timeWindow", A1 + ".timeWindow: 1m", A1 + ".timeWindow: 59s"),
                error(
                        Reason.WindowOutOfBounds,
                        A1 + ".timeWindow",
                        A1 + ".timeWindow: 372d & " + G0 + ".ttl: 373d",
                        A1 + ".timeWindow: 373d & " + G0 + ".ttl: 400d"),
                error(
                        Reason.ArgumentInvalid,
                        A1 + ".args.n",
                        A1 + ": {name: sum_1d, function: last_n, column: mcc, timeWindow: 1d, args: {n: 1}}",
                        A1 + ": {name: sum_1d, function: last_n, column: mcc, timeWindow: 1d}"),
                error(
                        Reason.ArgumentInvalid,
                        G0 + ".aggregations[2].args.lgK",
                        G0 + ".aggregations[2].args.lgK: 12",
                        G0 + ".aggregations[2].args.lgK: 13"),
                error(Reason.ArgumentInvalid, A1 + ".args.q", "", A1 + ".args: {q: \"0.5\"}"),
                error(Reason.DefaultInvalid, A1 + ".default", A1 + ".default: \"-1.5\"", A1 + ".default: none"),
                error(
                        Reason.InvalidDuration,
                        G0 + ".freshness.pipeline",
                        G0 + ".freshness.pipeline: 59s",
                        G0 + ".freshness.pipeline: 1m"),
                error(Reason.FreshnessDoesNotApply, G0 + ".freshness.maxAge", "", G0 + ".freshness: {maxAge: 1h}"),
                error(Reason.FreshnessDoesNotApply, G1 + ".freshness", "", G1 + ".freshness: {maxLag: 2s}"),
                error(
                        Reason.NotSupported,
                        G1 + ".batch.storageUri",
                        G1 + ".batch.storageUri: s3://features/profile/",
                        G1 + ".batch.storageUri: hf://org/profile.csv"),
                error(
                        Reason.NotSupported,
                        G1 + ".batch.storageUri",
                        G1 + ".batch.storageUri: https://example.com/profile.csv",
                        G1 + ".batch.storageUri: https://example.com/profiles/"),
                error(
                        Reason.InvalidValue,
                        G1 + ".batch.storageUri",
                        G1 + ".batch.storageUri: gs://features/dt=*/*.parquet",
                        G1 + ".batch.storageUri: configmap://profile/*.csv"),
                error(
                        Reason.InvalidValue,
                        G1 + ".batch.storageUri",
                        G1 + ".batch.storageUri: pvc://profile/daily/*.csv",
                        G1 + ".batch.storageUri: s3:///profile/"),
                error(
                        Reason.FieldDoesNotApply,
                        G1 + ".batch.storage",
                        G1 + ".batch: {storageUri: 's3://features/profile/', format: parquet, schedule: '@daily',"
                                + " storage: {secretRef: {name: s3}, region: eu-west-1}}",
                        G1 + ".batch.storage: {secretRef: {name: s3}}"),
                error(
                        Reason.FieldDoesNotApply,
                        G1 + ".batch.storage",
                        G1 + ".batch: {storageUri: 'https://example.com/profile.csv', format: csv, schedule: '@daily',"
                                + " storage: {secretRef: {name: web}}}",
                        G1 + ".batch: {storageUri: 'https://example.com/profile.csv', format: csv, schedule: '@daily',"
                                + " storage: {region: eu-west-1}}"),
                error(
                        Reason.FieldDoesNotApply,
                        G1 + ".batch.parallelism",
                        G1 + ".batch.parallelism: 4",
                        G1 + ".batch: {storageUri: 'configmap://profile/profile.csv', format: csv, schedule: '@daily',"
                                + " parallelism: 2}"),
                error(
                        Reason.InvalidValue,
                        G1 + ".batch.parallelism",
                        G1 + ".batch.parallelism: 64",
                        G1 + ".batch.parallelism: 65"),
                error(
                        Reason.ScheduleInvalid,
                        G1 + ".batch.schedule",
                        G1 + ".batch.schedule: '@daily'",
                        G1 + ".batch.schedule: 0 2 * *"),
                warning(
                        Reason.ScheduleMissing,
                        G1 + ".batch.schedule",
                        "- " + G1 + ".batch.schedule & - " + G1 + ".freshness",
                        "- " + G1 + ".batch.schedule"),
                error(Reason.ColumnsRequired, G1 + ".columns", "", G1 + ".columns: []"),
                error(
                        Reason.NotSupported,
                        G1 + ".columns[0].datatype",
                        G1 + ".columns[0].datatype: INT32",
                        G1 + ".columns[0].datatype: BYTES"),
                error(Reason.DefaultInvalid, G1 + ".columns[0].default", "", G1 + ".columns[0].default: zero"),
                error(
                        Reason.DefaultInvalid,
                        "spec.features.request[0].default",
                        "spec.features.request[0]: {name: amount, datatype: FP32, default: \"1\"}",
                        "spec.features.request[0].default: \"1\""),
                error(
                        Reason.DuplicateName,
                        "spec.features.request[1].name",
                        "",
                        "spec.features.request[1]: {name: profile, datatype: FP32}"),
                error(Reason.VectorEntryUnknown, "spec.features.vector[0]", "", "spec.features.vector[0]: amonut"),
                error(
                        Reason.VectorEntryUnknown,
                        "spec.features.vector[2]",
                        "",
                        "spec.features.vector[2]: purchases.sum_2d"),
                error(
                        Reason.VectorEntryUnknown,
                        "spec.features.vector[4]",
                        "",
                        "spec.features.vector[4]: profil.avg_30d_spend"),
                error(
                        Reason.VectorEntryNotNumeric,
                        "spec.features.vector[0]",
                        "spec.features.request[0].datatype: INT64",
                        "spec.features.request[0].datatype: BYTES"),
                error(
                        Reason.VectorDoesNotFitModel,
                        "spec.features.vector",
                        "- spec.model.inputs",
                        "- spec.features.vector[0]"),
                error(
                        Reason.VectorDoesNotFitModel,
                        "spec.model.inputs[0].datatype",
                        "spec.model.inputs[0].datatype: FP64",
                        "spec.model.inputs[0].datatype: BYTES"),
                warning(Reason.GroupUnused, G1, "", "spec.features.vector[4]: purchases.count_1h"),
                warning(
                        Reason.RequestFieldUnused,
                        "spec.features.request[1]",
                        "",
                        "spec.features.request[1]: {name: country, datatype: FP32}"));
    }

    private static final String RANKS = "- spec.features.vector & - spec.fallback & - spec.model.inputs"
            + " & spec.model.outputs: [{name: score, datatype: FP32, shape: [-1, 1]}]"
            + " & spec.candidates: {entity: customer, vector: [amount, purchases.count_1h]}"
            + " & spec.postProcessing: {ranking: {topK: 3}}";

    private static List<Rule> rankings() {
        String ranking = "spec.postProcessing.ranking";
        return List.of(
                error(
                        Reason.FieldDoesNotApply,
                        "spec.features.vector",
                        RANKS,
                        RANKS + " & spec.features.vector: [amount]"),
                error(Reason.Required, "spec.candidates.vector", RANKS, RANKS + " & spec.candidates.vector: []"),
                error(
                        Reason.VectorEntryUnknown,
                        "spec.candidates.vector[0]",
                        RANKS,
                        RANKS + " & spec.candidates.vector: [price]"),
                error(Reason.EntityUnknown, "spec.candidates.entity", RANKS, RANKS + " & spec.candidates.entity: item"),
                error(
                        Reason.InvalidValue,
                        "spec.candidates.max",
                        RANKS + " & spec.candidates.max: 500",
                        RANKS + " & spec.candidates.max: 501"),
                error(
                        Reason.InvalidValue,
                        "spec.server.batching.maxQueueSize",
                        RANKS + " & spec.server.batching.maxQueueSize: 500",
                        RANKS + " & spec.server.batching.maxQueueSize: 499"),
                error(
                        Reason.FieldDoesNotApply,
                        "spec.cache.request.key",
                        RANKS + " & spec.cache.request: {ttl: 1s, key: Vector}",
                        RANKS + " & spec.cache.request: {ttl: 1s, key: Inputs}"),
                error(Reason.Required, ranking, RANKS, RANKS + " & - spec.postProcessing"),
                error(Reason.Required, "spec.candidates", "", "spec.postProcessing: {ranking: {topK: 3}}"),
                error(
                        Reason.FieldDoesNotApply,
                        "spec.postProcessing.threshold",
                        RANKS,
                        RANKS + " & spec.postProcessing.threshold: {output: score, above: '0', labels: [a, b]}"),
                error(
                        Reason.VectorEntryUnknown,
                        ranking + ".require[0]",
                        RANKS + " & " + ranking + ".require: [profile.avg_30d_spend]",
                        RANKS + " & " + ranking + ".require: [in_stock]"),
                error(
                        Reason.VectorEntryUnknown,
                        ranking + ".diversity.by",
                        RANKS + " & " + ranking + ".diversity: {by: amount, lambda: '0.3'}",
                        RANKS + " & " + ranking + ".diversity: {by: items.category, lambda: '0.3'}"),
                error(
                        Reason.InvalidValue,
                        ranking + ".diversity.lambda",
                        RANKS + " & " + ranking + ".diversity: {by: amount, lambda: '1'}",
                        RANKS + " & " + ranking + ".diversity: {by: amount, lambda: '1.5'}"),
                error(
                        Reason.InvalidValue,
                        ranking + ".output",
                        RANKS + " & " + ranking + ".output: score",
                        RANKS + " & " + ranking + ".output: label"),
                error(
                        Reason.Required,
                        ranking + ".output",
                        RANKS,
                        RANKS
                                + " & spec.model.outputs: [{name: a, datatype: FP32, shape: [-1]}, {name: b, datatype: FP64, shape: [-1]}]"));
    }

    private static List<Rule> keptAnswers() {
        String entity = "spec.cache.entity";
        String http = "spec.cache.http";
        return List.of(
                error(
                        Reason.Required,
                        "spec.server.tls.secretRef.name",
                        "spec.server.tls: {secretRef: {name: fraud-tls}}",
                        "spec.server.tls: {secretRef: {name: ''}}"),
                error(Reason.InvalidDuration, entity + ".ttl", entity + ": {ttl: 1s}", entity + ": {ttl: soon}"),
                error(
                        Reason.FieldDoesNotApply,
                        entity,
                        entity + ": {ttl: 1s}",
                        entity + ": {ttl: 1s} & - spec.features"),
                warning(Reason.CacheOutlivesFreshness, entity + ".ttl", entity + ": {ttl: 2s}", entity + ": {ttl: 3s}"),
                error(
                        Reason.KafkaRequired,
                        "spec.kafka",
                        entity + ": {ttl: 2s, prewarm: {topic: popular}}",
                        entity + ": {ttl: 2s, prewarm: {topic: popular}} & - spec.kafka & - spec.logger & - " + G0),
                error(
                        Reason.FieldDoesNotApply,
                        http,
                        http + ": {maxAge: 1s} & " + entity + ": {ttl: 1s}",
                        http + ": {maxAge: 1s}"),
                error(
                        Reason.FieldDoesNotApply,
                        http,
                        http + ": {maxAge: 1s} & spec.features.request[0].required: false",
                        http + ": {maxAge: 1s} & - spec.features"),
                error(
                        Reason.FieldDoesNotApply,
                        http,
                        http + ": {maxAge: 1s} & " + entity + ": {ttl: 1s}",
                        http + ": {maxAge: 1s} & " + entity + ": {ttl: 1s} & - spec.features.groups"),
                error(
                        Reason.InvalidValue,
                        http + ".maxAge",
                        http + ": {maxAge: 2s} & " + entity + ": {ttl: 1s}",
                        http + ": {maxAge: 1500ms} & " + entity + ": {ttl: 1s}"),
                error(
                        Reason.InvalidValue,
                        http + ".staleWhileRevalidate",
                        http + ": {maxAge: 2s, staleWhileRevalidate: 1m} & " + entity + ": {ttl: 1s}",
                        http + ": {maxAge: 2s, staleWhileRevalidate: 500ms} & " + entity + ": {ttl: 1s}"),
                warning(
                        Reason.CacheOutlivesFreshness,
                        http + ".maxAge",
                        http + ": {maxAge: 2s} & " + entity + ": {ttl: 1s}",
                        http + ": {maxAge: 3s} & " + entity + ": {ttl: 1s}"));
    }

    private static List<Rule> streamInference() {
        String at = "spec.streamInference";
        String given = at + ": {input: {topic: readings}, output: {topic: anomalies}";
        String plain = given + "}";
        return List.of(
                error(Reason.KafkaRequired, "spec.kafka", plain, plain + " & - spec.kafka & - spec.logger & - " + G0),
                error(Reason.FieldDoesNotApply, at, plain, plain + " & - spec.features"),
                error(
                        Reason.FieldDoesNotApply,
                        at,
                        plain,
                        plain + " & spec.candidates: {entity: customer, vector: [amount]}"
                                + " & spec.postProcessing: {ranking: {topK: 10}} & - spec.features.vector"),
                error(Reason.Required, at + ".input.topic", plain, at + ": {output: {topic: anomalies}}"),
                error(Reason.Required, at + ".output.topic", plain, at + ": {input: {topic: readings}}"),
                error(
                        Reason.InvalidValue,
                        at + ".output.topic",
                        plain,
                        at + ": {input: {topic: readings}, output: {topic: readings}}"),
                error(
                        Reason.InvalidValue,
                        at + ".output.topic",
                        plain,
                        at + ": {input: {topic: readings}, output: {topic: readings.fraud.dlq}}"),
                error(
                        Reason.InvalidValue,
                        at + ".output.topic",
                        plain,
                        at + ": {input: {topic: readings}, output: {topic: purchases}}"),
                error(
                        Reason.InvalidValue,
                        at + ".output.topic",
                        plain,
                        at + ": {input: {topic: readings}, output: {topic: predictions}}"),
                only(at, given, "label == 'review' && score > 0.9", "label = 'review'"),
                only(at, given, "outputs.probabilities[1] > 0.5", "outputs.probabilities[1]  + 1"),
                only(at, given, "score > 1", "score"),
                only(at, given, "inputs.amount > 5.0", "inputs.height > 5.0"),
                only(at, given, "entities.customer_id != ''", "entities.shop_id != ''"),
                only(at, given, "has(inputs.amount)", "reading.amount > 5"),
                error(
                        Reason.ExpressionInvalid,
                        at + ".only",
                        given + ", only: \"score > 0.5\"} & - spec.postProcessing & - spec.fallback",
                        given + ", only: \"label == 'a'\"} & - spec.postProcessing & - spec.fallback"));
    }

    private static Rule only(String at, String given, String good, String bad) {
        return error(
                Reason.ExpressionInvalid,
                at + ".only",
                given + ", only: \"" + good + "\"}",
                given + ", only: \"" + bad + "\"}");
    }

    private static List<Rule> answers() {
        String threshold = "spec.postProcessing.threshold";
        String response = "spec.fallback.response";
        String order = "spec.fallback.order";
        return List.of(
                error(Reason.ThresholdInvalid, threshold + ".output", "", threshold + ".output: scores"),
                error(Reason.ThresholdInvalid, threshold + ".index", threshold + ".index: 0", threshold + ".index: 2"),
                error(Reason.ThresholdInvalid, threshold + ".labels", "", threshold + ".labels: [same, same]"),
                error(
                        Reason.ThresholdInvalid,
                        threshold + ".above",
                        threshold + ".above: 1e-3",
                        threshold + ".above: high"),
                error(Reason.FallbackResponseRequired, response, "", "- " + response),
                error(
                        Reason.FallbackResponseRequired,
                        response,
                        order + ": [LastKnown] & - " + response,
                        "- " + order + " & - " + response),
                error(Reason.FallbackResponseRequired, response, "", response + ": {}"),
                error(
                        Reason.FallbackDoesNotFit,
                        response + ".label",
                        response + ".label: review",
                        response + ".label: deny"),
                error(Reason.FallbackDoesNotFit, response + ".label", "", "- " + response + ".label"),
                error(
                        Reason.FallbackDoesNotFit,
                        response + ".label",
                        "- " + response + ".label & - spec.postProcessing",
                        "- spec.postProcessing"),
                error(
                        Reason.FallbackDoesNotFit,
                        response + ".outputs[0].name",
                        "",
                        response + ".outputs[0].name: probability"),
                error(
                        Reason.FallbackDoesNotFit,
                        response + ".outputs[0].datatype",
                        "",
                        response + ".outputs[0].datatype: FP64"),
                error(
                        Reason.FallbackDoesNotFit,
                        response + ".outputs[0].data",
                        "- spec.model.outputs & " + response + ".outputs[0].data: [\"0.0\"]",
                        response + ".outputs[0].data: [\"0.0\"]"),
                error(
                        Reason.FallbackDoesNotFit,
                        response + ".outputs[0].data[1]",
                        "",
                        response + ".outputs[0].data[1]: none"),
                error(
                        Reason.FallbackUnreachable,
                        order + "[1]",
                        order + ": [LastKnown, Default]",
                        order + ": [Default, LastKnown]"),
                error(Reason.FallbackUnreachable, order + "[1]", "", order + ": [LastKnown, LastKnown]"),
                error(Reason.FallbackUnreachable, response, "", order + ": [LastKnown]"),
                error(
                        Reason.FallbackUnreachable,
                        "spec.fallback.on[0]",
                        "spec.fallback.on: [FeatureMissing]",
                        "spec.fallback.on: [FeatureMissing] & - spec.features"),
                error(
                        Reason.FallbackUnreachable,
                        order + "[1]",
                        order + ": [PreviousVersion, Default]",
                        order + ": [Default, PreviousVersion]"),
                warning(
                        Reason.CacheOutlivesFreshness,
                        "spec.cache.request.ttl",
                        "spec.cache.request: {ttl: 2s, key: Inputs}",
                        "spec.cache.request: {ttl: 3s, key: Inputs}"),
                error(
                        Reason.InvalidValue,
                        "spec.cache.request.key",
                        "spec.cache.request.key: Inputs",
                        "- spec.features"),
                error(
                        Reason.BaselineUnreachable,
                        "spec.monitoring.drift.baseline",
                        "spec.model.storageUri: pvc://m/k",
                        "spec.model.storageUri: https://example.com/model.onnx"),
                error(
                        Reason.InvalidValue,
                        "spec.monitoring.drift.baseline",
                        "",
                        "spec.monitoring.drift.baseline: ../secret"),
                error(
                        Reason.Required,
                        "spec.monitoring.drift",
                        "",
                        "- spec.features & - spec.cache & spec.fallback.order: [Default]"),
                error(
                        Reason.InvalidValue,
                        "spec.monitoring.drift.threshold",
                        "",
                        "spec.monitoring.drift.threshold: \"0\""));
    }

    private static final String STORE = "spec.features.store";
    private static final String FEAST =
            STORE + ": {external: {address: \"redis://feast:6379\", format: feast-v3, project: fraud}}";
    private static final String EXTERNAL = STORE + ".external";
    private static final String VIEW =
            "{name: stats, entity: customer, feast: {}, columns: [{name: score, datatype: FP32, default: \"0\"}], ttl: 36h}";

    private static Rule feast(Reason reason, String field, String accepted, String rejected) {
        String view = FEAST + " & " + G2 + ": " + VIEW + " & ";
        return error(reason, field, view + accepted, view + rejected);
    }

    private static List<Rule> feast() {
        String aggregations = "spec.features.groups[0].aggregations[0]";
        return List.of(
                feast(Reason.Required, EXTERNAL + ".project", EXTERNAL + ".keyTtl: 30d", "- " + EXTERNAL + ".project"),
                feast(
                        Reason.InvalidDuration,
                        EXTERNAL + ".keyTtl",
                        EXTERNAL + ".keyTtl: 30d",
                        EXTERNAL + ".keyTtl: 0s"),
                error(
                        Reason.FieldDoesNotApply,
                        EXTERNAL + ".project",
                        FEAST,
                        STORE + ": {external: {address: \"redis://feast:6379\", project: fraud}}"),
                error(
                        Reason.FieldDoesNotApply,
                        EXTERNAL + ".keyTtl",
                        FEAST,
                        STORE + ": {external: {address: \"redis://feast:6379\", keyTtl: 30d}}"),
                error(
                        Reason.FieldDoesNotApply,
                        "spec.features.groups[0].feast",
                        FEAST + " & spec.features.groups[0].feast: {view: a}",
                        "spec.features.groups[0].feast: {view: a}"),
                error(
                        Reason.GroupWithoutSource,
                        G2,
                        FEAST + " & " + G2 + ": " + VIEW,
                        FEAST + " & " + G2 + ": " + VIEW.replace(" feast: {},", "")),
                feast(Reason.ColumnsRequired, G2 + ".columns", G2 + ".ttl: 36h", "- " + G2 + ".columns"),
                feast(
                        Reason.FreshnessDoesNotApply,
                        G2 + ".freshness",
                        G2 + ".freshness: {maxAge: 26h}",
                        G2 + ".freshness: {maxLag: 2s}"),
                feast(
                        Reason.TtlTooShort,
                        G2 + ".ttl",
                        G2 + ".freshness: {maxAge: 36h}",
                        G2 + ".freshness: {maxAge: 37h}"),
                feast(
                        Reason.DuplicateName,
                        G2 + ".feast.view",
                        G2 + ".feast: {view: stats_v2}",
                        G2 + ".feast: {view: purchases}"),
                feast(
                        Reason.InvalidValue,
                        G2 + ".feast.joinKeys",
                        G2 + ".feast: {joinKeys: [id]}",
                        G2 + ".feast: {joinKeys: [id, shop]}"),
                feast(
                        Reason.NotSupported,
                        aggregations + ".function",
                        aggregations + ": {name: count_1h, function: count, timeWindow: 1h}",
                        aggregations + ": {name: count_1h, function: time_since_last, column: amount, timeWindow: 1h}"),
                feast(
                        Reason.NotSupported,
                        "spec.features.groups[0].batch",
                        "spec.features.groups[0].freshness: {maxLag: 2s, maxAge: 26h}",
                        "spec.features.groups[0].freshness: {maxLag: 2s, maxAge: 26h} & spec.features.groups[0].batch:"
                                + " {storageUri: pvc://a/b.parquet, format: parquet, timestampField: ts, schedule: \"0 2 * * *\"}"));
    }

    private static final String G2 = "spec.features.groups[2]";
    private static final String NOTES = G2
            + ": {name: notes, entity: customer, sql: {secretRef: {name: pg}, query: \"select score from notes where id = $1\"},"
            + " columns: [{name: score, datatype: FP32, default: \"0\"}], ttl: 1d}";

    private static Rule sql(Reason reason, String field, String accepted, String rejected) {
        return error(reason, G2 + field, NOTES + " & " + G2 + accepted, NOTES + " & " + G2 + rejected);
    }

    private static List<Rule> sql() {
        String query = ".sql.query";
        return List.of(
                error(
                        Reason.FieldDoesNotApply,
                        G2 + ".sql",
                        NOTES,
                        NOTES + " & " + G2 + ".batch: {storageUri: configmap://a/b.csv, format: csv}"),
                sql(Reason.Required, ".sql.secretRef.name", ".sql.secretRef: {name: other}", ".sql.secretRef: {}"),
                sql(Reason.Required, query, ".sql.query: select 1 as score where $1 > '1'", ".sql.query: \"\""),
                sql(
                        Reason.SqlQueryInvalid,
                        query,
                        ".sql.query: with n as (select 1 as score) select * from n where $1 = '1;'",
                        ".sql.query: select score from notes where id = $1;"),
                sql(
                        Reason.SqlQueryInvalid,
                        query,
                        ".sql.query: \"select $1::int as score\"",
                        ".sql.query: select 1 as score"),
                sql(Reason.SqlQueryInvalid, query, ".ttl: 1d", ".sql.query: select 1 as score where $1 = $2"),
                sql(Reason.SqlQueryInvalid, query, ".ttl: 1d", ".sql.query: select $0 as score where $1 = ''"),
                sql(Reason.SqlQueryInvalid, query, ".ttl: 1d", ".sql.query: delete from notes where id = $1"),
                sql(
                        Reason.SqlQueryInvalid,
                        query,
                        ".ttl: 1d",
                        ".ttl: 1d & spec.features.entities[0].keys:"
                                + " [{name: customer_id, type: STRING}, {name: shop_id, type: INT32}]"),
                sql(Reason.InvalidDuration, ".sql.refresh", ".sql.refresh: 1s", ".sql.refresh: 999ms"),
                sql(Reason.InvalidDuration, ".sql.refresh", ".sql.refresh: 1d", ".sql.refresh: 31d"),
                sql(Reason.InvalidDuration, ".sql.timeout", ".sql.timeout: 10ms", ".sql.timeout: 9ms"),
                sql(Reason.InvalidDuration, ".sql.timeout", ".sql.timeout: 30s", ".sql.timeout: 31s"),
                sql(Reason.InvalidValue, ".sql.maxConnections", ".sql.maxConnections: 64", ".sql.maxConnections: 65"),
                sql(Reason.InvalidValue, ".sql.maxEntries", ".sql.maxEntries: 100", ".sql.maxEntries: 99"),
                sql(Reason.FreshnessDoesNotApply, ".freshness", ".freshness: {maxAge: 2h}", ".freshness: {maxLag: 2s}"),
                sql(
                        Reason.InvalidDuration,
                        ".freshness.maxAge",
                        ".freshness: {maxAge: 1h}",
                        ".freshness: {maxAge: 59m}"),
                sql(Reason.TtlTooShort, ".ttl", ".ttl: 1h", ".ttl: 59m"),
                sql(Reason.TtlTooShort, ".ttl", ".freshness: {maxAge: 24h}", ".freshness: {maxAge: 25h}"),
                sql(Reason.ColumnsRequired, ".columns", ".ttl: 1d", ".columns: []"),
                sql(
                        Reason.FieldDoesNotApply,
                        ".aggregations",
                        ".ttl: 1d",
                        ".aggregations: [{name: c, function: count, timeWindow: 1h}]"),
                sql(
                        Reason.Required,
                        ".columns[0].default",
                        ".columns: [{name: score, datatype: FP32, default: NaN}]",
                        ".columns: [{name: score, datatype: FP32}]"),
                warning(
                        Reason.RejectsFirstRequests,
                        G2 + ".onMissing",
                        NOTES + " & spec.features.onMissing: Reject & " + G2 + ".onMissing: Default",
                        NOTES + " & spec.features.onMissing: Reject"),
                warning(
                        Reason.CacheOutlivesFreshness,
                        "spec.cache.request.ttl",
                        NOTES,
                        NOTES + " & spec.cache.request: {ttl: 1s, key: Inputs}"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void acceptsAndRejects(Rule rule) {
        assertThat(matching(rule, rule.accepted())).as("accepted example").isEmpty();
        List<Finding> found = matching(rule, rule.rejected());
        assertThat(found)
                .as("rejected example: all findings are %s", check(rule.rejected()))
                .hasSize(1);
        assertThat(found.get(0).severity()).isEqualTo(rule.severity());
        assertThat(found.get(0).message()).isNotBlank();
    }

    @Test
    void fullSpecHasNoFinding() {
        assertThat(SpecCheck.check(Specs.full())).isEmpty();
    }

    @Test
    void fraudSampleHasNoFinding() {
        assertThat(SpecCheck.check(Specs.fraudSample())).isEmpty();
    }

    @Test
    void everyReasonHasARule() {
        Set<Reason> tested = EnumSet.noneOf(Reason.class);
        rules().forEach(r -> tested.add(r.reason()));
        tested.add(Reason.UnknownField); // the command line's schema check
        assertThat(tested).containsExactlyInAnyOrder(Reason.values());
    }

    @Test
    void messagesNameValueAndCure() {
        assertThat(check("spec.features.vector[2]: purchases.sum_2d"))
                .extracting(Finding::toString)
                .containsExactly("error spec.features.vector[2]: 'sum_2d' is no feature of group purchases, which has"
                        + " [count_1h, sum_1d, merchants_1d]; use one of them or add it there [VectorEntryUnknown]");
        assertThat(check("spec.cache.http: {maxAge: 1s} & - spec.cache.request"))
                .extracting(Finding::message)
                .containsExactly("a GET carries nothing but the entity, and not features.request[amount], which is"
                        + " required; add cache.entity, whose answers it can repeat");
        assertThat(check("spec.model.storageUri: s3://models/model.onnx & - spec.monitoring"))
                .extracting(Finding::message)
                .containsExactly("s3:// is not supported by this release; use configmap://<name>/<key>,"
                        + " pvc://<claim>/<path> or https://…");
    }

    /** A spec that an older client wrote, or that nobody finished, is findings and never an exception. */
    @Test
    void emptySpecIsFindings() {
        List<Finding> findings = SpecCheck.check(new dev.millrace.api.v1alpha1.RealtimeModel());
        assertThat(findings).extracting(Finding::field).contains("metadata.name", "spec.model.storageUri");
        assertThat(SpecCheck.isPlannable(findings)).isFalse();
    }

    private static List<Finding> matching(Rule rule, String edits) {
        return check(edits).stream()
                .filter(f -> f.reason() == rule.reason() && f.field().equals(rule.field()))
                .toList();
    }

    private static List<Finding> check(String edits) {
        String[] each = edits.isEmpty()
                ? new String[0]
                : Arrays.stream(edits.split(" & ", -1)).map(String::trim).toArray(String[]::new);
        return SpecCheck.check(Specs.full(each));
    }
}
