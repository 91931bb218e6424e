package dev.millrace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.status.ServerStatus.Calibration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // what is null here fails the test
class StackPlanTest {
    private static final String G0 = "spec.features.groups[0]";

    /** The worked example of the SLO reference: S = 8 ms, cv = .30, c = 4, o = 2 ms, p99.9 <= 50 ms. */
    @Test
    void capacityIsTheReferencesWorkedExample() {
        CapacityPlan capacity = Specs.plan().capacity();
        assertThat(capacity.measured()).isFalse();
        assertThat(capacity.feasible()).isTrue();
        assertThat(capacity.capacityRps()).isEqualTo(399);
        assertThat(capacity.targetInFlight()).isCloseTo(2.88, within(0.005));
        assertThat(capacity.maxInFlight()).isEqualTo(16);
        assertThat(capacity.targetUtilization()).isCloseTo(0.638, within(0.001));
        assertThat(capacity.reason())
                .startsWith("p99.9<=50ms: S=8.0ms cv=0.30 c=4 o=2ms -> 399 rps/replica at the SLO")
                .endsWith("(assumed until the servers have measured)");
    }

    /** The batch model is for one executor; what it would say of a CPU's threads is far too good. */
    @Test
    void batchesAreNotCountedOnAndThatIsSaid() {
        CapacityPlan batching =
                Specs.plan("spec.server.batching.maxBatchSize: 32").capacity();
        assertThat(batching.capacityRps()).isEqualTo(Specs.plan().capacity().capacityRps());
        assertThat(batching.reason())
                .endsWith("(assumed until the servers have measured; what batches gain is not counted)");
    }

    @Test
    void measuredCalibrationReplacesTheAssumptions() {
        Calibration measured = new Calibration(0.2049, 0.3012, 1.004, List.of());
        StackPlan plan = StackPlan.of(Specs.full(), PlanInputs.of(Specs.IMAGES).withCalibration(measured));
        assertThat(plan.capacity().measured()).isTrue();
        assertThat(plan.capacity().capacityRps()).isGreaterThan(10_000);
        assertThat(plan.capacity().reason())
                .contains("S=0.200ms cv=0.30 c=4 o=1ms")
                .endsWith("(as the servers measured)");
    }

    /** Killed before its time, a server loses what its prediction log still holds. */
    @Test
    void thePodLivesUntilTheServerHasStopped() {
        ServerPlan server = Specs.plan().server();
        assertThat(server.terminationGraceSeconds() - server.preStopSeconds())
                .isGreaterThanOrEqualTo(server.drainMs() / 1000 + 10);
    }

    /** A number that moves in serving.json would roll every pod. */
    @Test
    void whatTheServersMeasureChangesNoDocument() {
        StackPlan before = Specs.plan();
        StackPlan after = StackPlan.of(
                Specs.full(), PlanInputs.of(Specs.IMAGES).withCalibration(new Calibration(3, 1, 4, List.of())));
        assertThat(after.capacity()).isNotEqualTo(before.capacity());
        assertThat(after.servingConfig(Placement.kubernetes(after)))
                .isEqualTo(before.servingConfig(Placement.kubernetes(before)));
    }

    @Test
    void modelThatIsTooSlowIsInfeasibleAndNotAutoscaled() {
        StackPlan plan = StackPlan.of(
                Specs.full(),
                PlanInputs.of(Specs.IMAGES)
                        .withCalibration(new Calibration(60, 0.1, 1, List.of()))
                        .withKeepReplicas(7));
        assertThat(plan.capacity().feasible()).isFalse();
        assertThat(plan.capacity().reason()).contains("not feasible");
        assertThat(plan.scaling().autoscaled()).isFalse();
        assertThat(plan.scaling().replicas()).isEqualTo(7);
    }

    @Test
    void budgetsAreTakenAsGivenAndDerivedWhenAbsent() {
        // given: 5 + 20 of 50 ms; 90 % of the rest is shared 40 : 4
        ServingConfig.Budget budget = Specs.plan().slo().budget();
        assertThat(budget).isEqualTo(new ServingConfig.Budget(5, 20, 20.454, 2.045, true));
        assertThat(Specs.plan().derivations())
                .extracting(Derivation::number, Derivation::value)
                .contains(org.assertj.core.groups.Tuple.tuple("slo.budget.inference", "20.454ms"));
    }

    @Test
    void byHowMuchAWindowMayBeTooLongIsSaid() {
        assertThat(Specs.plan().derivations())
                .filteredOn(d -> d.number().equals("features.groups[purchases].hops"))
                .singleElement()
                .satisfies(d -> {
                    assertThat(d.value()).isEqualTo("1h/1m 1d/1h 1d/2h");
                    assertThat(d.reason()).endsWith("too long by one: 1.7 %, 4.2 %, 8.3 %");
                });
    }

    @Test
    void onlyAQueueBudgetThatTheSpecGivesIsEnforced() {
        assertThat(Specs.plan().slo().budget().cutsQueue()).isTrue();
        assertThat(Specs.plan("- spec.slo.budget.queue").slo().budget().cutsQueue())
                .isFalse();
    }

    @Test
    void autoscalerHoldsTheModelsShareOfTheRequest() {
        // rho_t = 63.8 % of 4 threads; the request is 4 cores, then 2
        assertThat(Specs.plan().scaling().cpuUtilization()).isEqualTo(64);
        assertThat(Specs.plan("spec.server.resources.requests.cpu: \"2\"")
                        .scaling()
                        .cpuUtilization())
                .isEqualTo(128);
    }

    @Test
    void replicasBelongToTheAutoscalerOnceItHasTakenOver() {
        assertThat(Specs.plan().scaling().replicas()).isNull();
        assertThat(StackPlan.of(Specs.full(), PlanInputs.of(Specs.IMAGES).withKeepReplicas(5))
                        .scaling()
                        .replicas())
                .isEqualTo(5);
        assertThat(Specs.plan("- spec.scaling.maxReplicas").scaling().replicas())
                .isEqualTo(2);
    }

    @Test
    void versionIsTheDigestsStartUnlessGiven() {
        assertThat(Specs.plan().model().version()).isEqualTo("0123456789ab");
        assertThat(Specs.plan("spec.model.version: \"7\"").model().version()).isEqualTo("7");
    }

    @Test
    void resourcesAreCompletedAndCanonical() {
        StackPlan plan = Specs.plan("spec.server.resources: {requests: {cpu: '0.5', memory: 1024Mi}}");
        assertThat(plan.server().requests()).hasToString("{cpu=500m, memory=1Gi}");
        assertThat(plan.server().limits()).hasToString("{cpu=1, memory=1Gi}");
        assertThat(plan.server().instances()).isEqualTo(1);
        assertThat(Specs.plan("- spec.server").server().limits()).hasToString("{cpu=1, memory=1Gi}");
    }

    @Test
    void storeGetsAThirdMoreThanItsValues() {
        assertThat(Specs.plan().features().store())
                .isEqualTo(new StorePlan.Managed(96L << 20, Quantities.canonical("128Mi")));
    }

    @Test
    void revisionFollowsWhatIsStoredAndNothingElse() {
        String before = revision();
        assertThat(before).matches("[0-9a-f]{4}");
        assertThat(revision(G0 + ".ttl: 9d")).isEqualTo(before);
        assertThat(revision(G0 + ".freshness: {maxLag: 9s}")).isEqualTo(before);
        assertThat(revision(G0 + ".aggregations[0].default: \"1\"")).isEqualTo(before);
        assertThat(revision(G0 + ".aggregations[0].timeWindow: 2h")).isNotEqualTo(before);
        assertThat(revision(G0 + ".aggregations[1].column: tip")).isNotEqualTo(before);
        assertThat(revision(G0 + ".stream.topic: sales")).isNotEqualTo(before);
        assertThat(revision(G0 + ".stream.filter: amount > 0.0")).isNotEqualTo(before);
        assertThat(revision("spec.features.entities[0].keys[0].type: INT64")).isNotEqualTo(before);
    }

    private static String revision(String... edits) {
        return Specs.plan(edits).features().groups().get(0).revision();
    }

    @Test
    void listFunctionsFillTheirPlacesOfTheVector() {
        StackPlan plan = Specs.plan(
                "- spec.model.inputs",
                G0 + ".aggregations[1]: {name: sum_1d, function: last_n, column: mcc, timeWindow: 1d, args: {n: 3}}");
        assertThat(plan.features().vector())
                .containsExactly(
                        "amount",
                        "purchases.count_1h",
                        "purchases.sum_1d[0]",
                        "purchases.sum_1d[1]",
                        "purchases.sum_1d[2]",
                        "purchases.merchants_1d",
                        "profile.avg_30d_spend");
    }

    /** What the plan writes is what the data plane compiles. */
    @Test
    void documentsAreReadByTheContract() {
        StackPlan plan = StackPlan.of(Specs.fraudSample(), PlanInputs.of(Specs.IMAGES));
        Placement placement = Placement.kubernetes(plan);
        ServingConfig serving = plan.servingConfig(placement);
        assertThat(Json.read(Json.write(serving), ServingConfig.class)).isEqualTo(serving);
        AggregatorConfig aggregator = plan.aggregatorConfig(placement);
        assertThat(Json.read(Json.write(aggregator), AggregatorConfig.class)).isEqualTo(aggregator);
        assertThat(serving.features().groups()).isEqualTo(aggregator.groups());
        FeatureGroup purchases = aggregator.groups().get(0);
        FeatureGroup profile = aggregator.groups().get(1);
        assertThat(TileLayout.of(purchases).features()).hasSize(12);
        assertThat(ColumnCodec.of(profile).features()).hasSize(4);
        assertThat(profile.batch().path()).isEqualTo("/data/profile/profile.csv");
        assertThat(serving.drift()).isEqualTo(new ServingConfig.Drift(0.2, "/source/baseline.json", 20));
        assertThat(serving.features().store())
                .isEqualTo(new Store("redis://fraud-store:6379", null, "/etc/millrace/store/password", null));
    }

    @Test
    void credentialsAreMountedFilesInTheCluster() {
        StackPlan plan = Specs.plan();
        AggregatorConfig config = plan.aggregatorConfig(Placement.kubernetes(plan));
        assertThat(config.kafka().caDir()).isEqualTo("/etc/millrace/kafka-ca");
        assertThat(config.kafka().clientDir()).isNull();
        assertThat(config.kafka().mechanism()).isEqualTo("SCRAM-SHA-512");
        assertThat(config.kafka().credentialsDir()).isEqualTo("/etc/millrace/kafka-credentials");
        assertThat(config.groups().get(1).batch().path()).isEqualTo("/data/profile/daily/profile.csv");
    }

    @Test
    void aLaptopsPlacementReplacesEveryPlace() {
        StackPlan plan = Specs.plan();
        Placement laptop = new Placement(
                "127.0.0.1",
                0,
                0,
                0,
                0,
                new Store("redis://127.0.0.1:7000", null, null, null),
                "/tmp/model.onnx",
                "/sample",
                Map.of("profile", "/sample/profile.csv"),
                Map.of(),
                "/tmp/state",
                null,
                null,
                "127.0.0.1:7001");
        String documents = Json.write(plan.servingConfig(laptop)) + Json.write(plan.aggregatorConfig(laptop));
        assertThat(documents)
                .contains("127.0.0.1:7000", "127.0.0.1:7001", "/sample/baseline.json", "/sample/profile.csv")
                .doesNotContain("/etc/millrace", "kafka-0", "fraud-store", "\"/data");
    }

    @Test
    void aModelWithoutFeaturesNeedsNoStoreAndNoKafka() {
        StackPlan plan = Specs.plan(
                "- spec.features",
                "- spec.kafka",
                "- spec.logger",
                "- spec.cache",
                "- spec.monitoring",
                "spec.fallback.order: [Default]");
        ServingConfig serving = plan.servingConfig(Placement.kubernetes(plan));
        assertThat(serving.features()).isNull();
        assertThat(serving.kafka()).isNull();
        assertThat(plan.hasManagedStore()).isFalse();
    }

    @Test
    void everyDerivationHasAReason() {
        assertThat(Specs.plan().derivations()).isNotEmpty().allSatisfy(d -> assertThat(
                        List.of(d.number(), d.value(), d.reason()))
                .noneMatch(String::isBlank));
    }

    @Test
    void aRankingModelTakesItsVectorFromTheCandidatesAndItsQueueHoldsOneCall() {
        StackPlan plan = Specs.plan(
                "- spec.features.vector",
                "- spec.fallback",
                "spec.server.batching: {maxBatchSize: 32}",
                "spec.candidates: {entity: customer, vector: [amount, purchases.count_1h]}",
                "spec.postProcessing: {ranking: {diversity: {by: amount, lambda: '0.3'}, require: [amount]}}",
                "spec.cache.entity: {ttl: 2s, prewarm: {topic: popular}}",
                "spec.cache.http: {maxAge: 1s}",
                "- spec.logger");
        ServingConfig serving = plan.servingConfig(Placement.kubernetes(plan));
        assertThat(serving.features()).isNotNull();
        assertThat(serving.features().vector()).containsExactly("amount", "purchases.count_1h");
        assertThat(serving.candidates()).isEqualTo(new ServingConfig.Candidates("customer", 500));
        assertThat(serving.ranking())
                .isEqualTo(new ServingConfig.Ranking(
                        10, null, -1, new ServingConfig.Diversity("amount", 0.3), List.of("amount")));
        assertThat(serving.entityCache())
                .isEqualTo(new ServingConfig.EntityCache(2_000, 100_000, new ServingConfig.Prewarm("popular", 1_000)));
        assertThat(serving.httpCache()).isEqualTo(new ServingConfig.HttpCache(1_000, 0));
        assertThat(serving.server().maxQueueSize()).isGreaterThanOrEqualTo(500);
        assertThat(serving.kafka()).as("prewarm reads from Kafka").isNotNull();
    }

    @Test
    void aTopicIsScoredByOneGroupAndTheServersDocumentSaysWhich() {
        StackPlan plan = Specs.plan(
                "spec.streamInference: {input: {topic: readings}, output: {topic: anomalies}, only: \"score > 0.9\"}",
                "- spec.logger");
        ServingConfig serving = plan.servingConfig(Placement.kubernetes(plan));
        assertThat(serving.streamInference())
                .isEqualTo(new ServingConfig.StreamInference(
                        "payments-fraud-stream-inference",
                        "readings",
                        "anomalies",
                        "readings.fraud.dlq",
                        "score > 0.9"));
        assertThat(serving.kafka()).as("its topics are on Kafka").isNotNull();
        assertThat(plan.derivations())
                .extracting(Derivation::number)
                .contains("streamInference.group", "streamInference.deadLetterTopic", "streamInference.scaling");
        StackPlan callers = Specs.plan();
        assertThat(Json.write(callers.servingConfig(Placement.kubernetes(callers))))
                .as("pods do not roll for what they do not do")
                .doesNotContain("streamInference");
    }
}
