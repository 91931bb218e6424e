package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.RequestCache;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.predict.Entity;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.predict.PredictResponse;
import dev.millrace.server.proto.predict.Value;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predict over real sockets with a real Redis: what is there, what is missing, stale, late, frozen and gone. */
class PredictIT {
    @TempDir
    Path dir;

    private TestStore store;
    private @Nullable ModelServer server;
    private @Nullable Caller caller;

    @BeforeEach
    void startStore() throws IOException {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
    }

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
        store.close();
    }

    private Caller start(ServingConfig config) {
        ModelServer started = ModelServer.start(config);
        server = started;
        Caller c = new Caller(started.ports());
        caller = c;
        c.awaitState("Ready");
        return c;
    }

    private ServingConfig config(
            String onMissing,
            String onStale,
            @Nullable Fallback fallback,
            @Nullable RequestCache cache,
            @Nullable Kafka kafka) {
        return Specs.config(
                Specs.features(store.address(), Specs.purchases(onMissing, onStale)), fallback, cache, kafka);
    }

    @Test
    void theAnswerDependsOnWhatTheStoreKnows() throws Exception {
        Caller c = start(config("Default", "Serve", null, null, null));
        Reply before = c.predict("c-17", 100);
        assertThat(before.status()).isEqualTo(200);
        assertThat(before.body().getString("id")).isEqualTo("x");
        assertThat(before.body().getString("model")).isEqualTo("fraud");
        assertThat(before.body().getString("version")).isEqualTo("7");
        assertThat(Caller.text(before, "label")).isEqualTo("approve");
        assertThat(Caller.text(before, "flags", "fallback")).isEqualTo("null");
        assertThat(Caller.prediction(before).getJsonObject("flags").getJsonArray("defaulted"))
                .containsExactly("purchases.count_1h", "profile.risk");

        store.purchases("c-17", 9);
        store.risk("c-17", 0.75, 1_000);
        store.heartbeat(0);
        Reply after = c.predict("c-17", 100);
        assertThat(Caller.text(after, "label")).isEqualTo("review");
        JsonObject flags = Caller.prediction(after).getJsonObject("flags");
        assertThat(flags.getJsonArray("defaulted")).isEmpty();
        JsonArray probabilities =
                Caller.prediction(after).getJsonObject("outputs").getJsonArray("probabilities");
        // sigmoid(0.1 + 4.5 + 0.75 - 3)
        assertThat(probabilities.getDouble(1)).isCloseTo(0.9129, org.assertj.core.data.Offset.offset(1e-3));
        JsonArray explain = Caller.prediction(after).getJsonArray("explain");
        assertThat(explain.getJsonObject(0).getString("feature")).isEqualTo("amount");
        assertThat(explain.getJsonObject(1).getString("feature")).isEqualTo("purchases.count_1h");
        assertThat(explain.getJsonObject(1).getDouble("value")).isEqualTo(9.0);
        assertThat(explain.getJsonObject(1).getLong("ageMs")).isBetween(0L, 60_000L);
        assertThat(explain.getJsonObject(2).getString("status")).isEqualTo("Fresh");
        assertThat(after.body().getJsonObject("timingsMs").getDouble("total")).isPositive();

        c.awaitMetric(1, "millrace_feature_reads_total", "group=\"purchases\"", "result=\"default\"");
        c.awaitMetric(2, "millrace_requests_total", "protocol=\"rest\"", "outcome=\"ok\"");
        c.awaitMetric(2, "millrace_slo_events_total", "slo=\"availability\"", "result=\"good\"");

        GrpcReply<PredictResponse> grpc = c.grpc(
                "millrace.v1.PredictService",
                "Predict",
                PredictRequest.newBuilder()
                        .setId("g")
                        .addEntities(entity("c-17"))
                        .addEntities(entity("nobody"))
                        .putInputs(
                                "amount", Value.newBuilder().setDoubleValue(100).build())
                        .setExplain(true)
                        .build(),
                PredictResponse.getDefaultInstance());
        assertThat(grpc.status()).as(grpc.message()).isEqualTo(GrpcStatus.OK);
        assertThat(grpc.answer().getId()).isEqualTo("g");
        assertThat(grpc.answer().getPredictionsCount()).isEqualTo(2);
        assertThat(grpc.answer().getPredictions(0).getLabel()).isEqualTo("review");
        assertThat(grpc.answer().getPredictions(1).getLabel()).isEqualTo("approve");
        assertThat(grpc.answer().getPredictions(1).getFlags().getDefaultedList())
                .contains("profile.risk");
        assertThat(grpc.answer()
                        .getPredictions(0)
                        .getOutputsOrThrow("probabilities")
                        .getNumbers(1))
                .isCloseTo(0.9129, org.assertj.core.data.Offset.offset(1e-3));

        GrpcReply<PredictResponse> bad = c.grpc(
                "millrace.v1.PredictService",
                "Predict",
                PredictRequest.newBuilder().addEntities(entity("c-17")).build(),
                PredictResponse.getDefaultInstance());
        assertThat(bad.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
        assertThat(bad.message()).contains("inputs.amount");
    }

    private static Entity entity(String customer) {
        return Entity.newBuilder()
                .putKeys(
                        "customer_id",
                        Value.newBuilder().setStringValue(customer).build())
                .build();
    }

    @Test
    void aLaggingPartitionAndAnOldBatchAreStale() throws Exception {
        store.purchases("c-1", 3);
        store.risk("c-1", 0.2, 7_200_000);
        Caller c = start(config("Default", "Serve", null, null, null));
        keepHeartbeating(60_000, () -> {
            Reply reply = c.predict("c-1", 1);
            assertThat(Caller.prediction(reply).getJsonObject("flags").getJsonArray("stale"))
                    .containsExactly("purchases.count_1h", "profile.risk");
            JsonObject group = c.status().getJsonArray("features").getJsonObject(0);
            assertThat(group.getString("state")).isEqualTo("Stale");
            assertThat(group.getString("reason")).isEqualTo("LagTooHigh");
        });
        assertThat(c.status().getJsonArray("features").getJsonObject(1).getString("reason"))
                .isEqualTo("BatchTooOld");
        keepHeartbeating(0, () -> {
            Reply reply = c.predict("c-1", 1);
            assertThat(Caller.prediction(reply).getJsonObject("flags").getJsonArray("stale"))
                    .containsExactly("profile.risk");
            assertThat(c.status().getJsonArray("features").getJsonObject(0).getString("state"))
                    .isEqualTo("Fresh");
        });
        // and no heartbeat at all is as bad as a lag
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        c.status().getJsonArray("features").getJsonObject(0).getString("reason"))
                .isEqualTo("HeartbeatMissing"));
    }

    private void keepHeartbeating(long lagMs, org.awaitility.core.ThrowingRunnable check) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    store.heartbeat(lagMs);
                    check.run();
                });
    }

    @Test
    void rejectEntersTheFallbackOrIsTheCallersToSee() throws Exception {
        Caller c = start(config("Reject", "Serve", null, null, null));
        Reply refused = c.predict("nobody", 1);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().getString("error"))
                .contains("purchases.count_1h")
                .contains("onMissing");
        assertThat(c.metric("millrace_slo_events_total")).isZero();
    }

    @Test
    void rejectWithAFallbackIsAnsweredAndFlagged() throws Exception {
        Caller c = start(config("Reject", "Serve", Specs.fallback("FeatureMissing"), null, null));
        Reply reply = c.predict("nobody", 1);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("FeatureMissing");
        assertThat(Caller.text(reply, "flags", "fallbackStep")).isEqualTo("Default");
        assertThat(Caller.text(reply, "label")).isEqualTo("approve");
        c.awaitMetric(1, "millrace_fallbacks_total", "reason=\"FeatureMissing\"");
        c.awaitMetric(1, "millrace_slo_events_total", "slo=\"latency\"", "result=\"good\"");
    }

    @Test
    void aFrozenStoreCostsItsBudgetAndNoMore() throws Exception {
        store.purchases("c-1", 9);
        store.risk("c-1", 0.75, 1_000);
        Caller c = start(config("Default", "Serve", Specs.fallback("FeatureStoreUnavailable"), null, null));
        assertThat(Caller.text(c.predict("c-1", 1), "label")).isEqualTo("review");
        store.freeze();
        double worst = 0;
        for (int i = 0; i < 20; i++) {
            Reply reply = c.predict("c-1", 1);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("FeatureStoreUnavailable");
            assertThat(Caller.text(reply, "flags", "fallbackStep")).isEqualTo("LastKnown");
            assertThat(Caller.text(reply, "label")).isEqualTo("review");
            worst = Math.max(worst, reply.body().getJsonObject("timingsMs").getDouble("total"));
        }
        System.out.printf("frozen store: worst answer after %.1f ms, budget %.0f ms%n", worst, Specs.FEATURES_MS);
        assertThat(worst).isLessThan(Specs.THRESHOLD_MS);
        assertThat(Caller.text(c.predict("new", 1), "flags", "fallbackStep")).isEqualTo("Default");
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(c.status().getString("reason")).isEqualTo("FeatureStoreUnavailable"));
        assertThat(c.status().getString("state")).isEqualTo("Ready");
        store.thaw();
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        Caller.text(c.predict("c-1", 1), "flags", "fallback"))
                .isEqualTo("null"));
        c.awaitAtLeast(21, "millrace_fallbacks_total", "reason=\"FeatureStoreUnavailable\"");
        c.awaitAtLeast(42, "millrace_feature_reads_total", "result=\"error\"");
    }

    @Test
    void anAnswerForWantOfTimeIsAvailableAndLate() throws Exception {
        Caller c = start(config("Default", "Serve", Specs.fallback("Timeout", "Overload"), null, null));
        store.freeze();
        Reply reply = c.post(
                "/v2/models/fraud/predict",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":1},\"timeoutMs\":4}");
        store.thaw();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(Caller.text(reply, "flags", "fallback")).isIn("Timeout", "Overload");
        c.awaitMetric(1, "millrace_slo_events_total", "slo=\"latency\"", "result=\"bad\"");
        c.awaitMetric(1, "millrace_slo_events_total", "slo=\"availability\"", "result=\"good\"");
        c.awaitMetric(1, "millrace_requests_total", "outcome=\"fallback\"");
    }

    @Test
    void aStoreThatIsGoneMeansDefaultsWhereNoFallbackCoversIt() throws Exception {
        store.purchases("c-1", 9);
        Caller c = start(config("Default", "Serve", Specs.fallback("Timeout"), null, null));
        assertThat(Caller.text(c.predict("c-1", 1), "label")).isEqualTo("review");
        store.close();
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Reply reply = c.predict("c-1", 1);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("null");
            assertThat(Caller.prediction(reply).getJsonObject("flags").getJsonArray("defaulted"))
                    .containsExactly("purchases.count_1h", "profile.risk");
            assertThat(Caller.text(reply, "label")).isEqualTo("approve");
        });
    }

    @Test
    void aStoreThatComesLateAndAKafkaThatNeverComesDoNotKeepItFromServing() throws Exception {
        store.close();
        Kafka nowhere = new Kafka("127.0.0.1:" + TestStore.freePort(), null, null, null, null);
        int port = Integer.parseInt(store.address().substring(store.address().lastIndexOf(':') + 1));
        Caller c = start(config("Default", "Serve", Specs.fallback("FeatureStoreUnavailable"), null, nowhere));
        assertThat(c.get("/v2/health/ready").status()).isEqualTo(200);
        assertThat(c.status().getString("reason")).isEqualTo("FeatureStoreUnavailable");
        assertThat(Caller.text(c.predict("c-1", 1), "flags", "fallback")).isEqualTo("FeatureStoreUnavailable");

        store = TestStore.start(dir, port);
        store.purchases("c-1", 9);
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        Caller.text(c.predict("c-1", 1), "label"))
                .isEqualTo("review"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(c.metric("millrace_log_records_total", "result=\"dropped\""))
                    .isPositive();
            assertThat(c.status().getString("reason")).isEqualTo("KafkaUnavailable");
        });
        assertThat(c.metric("millrace_log_records_total", "result=\"sent\"")).isZero();
    }

    @Test
    void theCacheAnswersForEqualVectorsOnly() throws Exception {
        store.purchases("c-1", 9);
        Caller c = start(config("Default", "Serve", null, new RequestCache(60_000, 1000, "Vector"), null));
        assertThat(Caller.text(c.predict("c-1", 1), "flags", "cache")).isEqualTo("Miss");
        assertThat(Caller.text(c.predict("c-1", 1), "flags", "cache")).isEqualTo("Hit");
        assertThat(Caller.text(c.predict("c-1", 2), "flags", "cache")).isEqualTo("Miss");
        Reply hit = c.predict("c-1", 1);
        assertThat(Caller.text(hit, "label")).isEqualTo("review");
        store.purchases("c-1", 1);
        assertThat(Caller.text(c.predict("c-1", 1), "label")).isEqualTo("approve");
        c.awaitMetric(2, "millrace_cache_requests_total", "result=\"hit\"");
    }

    @Test
    void aCorruptValueIsMissingAndCounted() throws Exception {
        store.corrupt("c-1");
        Caller c = start(config("Default", "Serve", null, null, null));
        Reply reply = c.predict("c-1", 1);
        assertThat(Caller.prediction(reply).getJsonObject("flags").getJsonArray("defaulted"))
                .contains("purchases.count_1h");
        c.awaitMetric(1, "millrace_feature_reads_total", "group=\"purchases\"", "result=\"error\"");
    }
}
