package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.inference.ModelInferResponse;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to get no answer of the model, over REST and gRPC, provoked over real sockets. */
class RefusalIT {
    /** Executed one by one in one request: seconds in which the only instance does nothing else. */
    private static final int ROWS_FOR_SECONDS = 60_000;

    private static final String INFER =
            "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1,2,3]}]}";

    @TempDir
    static Path dir;

    private static TestStore store;
    private @Nullable ModelServer server;
    private @Nullable Caller caller;

    @BeforeAll
    static void startStore() throws IOException {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
        store.purchases("c-1", 9);
    }

    @AfterAll
    static void stopStore() {
        store.close();
    }

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
    }

    private Caller start(ServingConfig config, String state) {
        ModelServer started = ModelServer.start(config);
        server = started;
        Caller c = new Caller(started.ports());
        caller = c;
        c.awaitState(state);
        return c;
    }

    private static ServingConfig config(String onMissing, @Nullable Fallback fallback) {
        return Specs.config(Specs.features(store.address(), Specs.purchases(onMissing, "Serve")), fallback, null, null);
    }

    private static ServingConfig bounded(ServingConfig config, int maxInFlight, Budget budget) {
        return Specs.with(
                config,
                new Slo("99.9", Specs.THRESHOLD_MS, "99.9", budget),
                new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 512, maxInFlight, List.of("CPU"), 3_000));
    }

    private static GrpcReply<ModelInferResponse> infer(Caller c, int rows) throws Exception {
        return c.grpc(
                "inference.GRPCInferenceService",
                "ModelInfer",
                ModelInferRequest.newBuilder()
                        .setModelName("fraud")
                        .addInputs(InferInputTensor.newBuilder()
                                .setName("input")
                                .setDatatype("FP32")
                                .addShape(rows)
                                .addShape(3))
                        .addRawInputContents(ByteString.copyFrom(new byte[rows * 12]))
                        .build(),
                ModelInferResponse.getDefaultInstance());
    }

    private static GrpcReply<PredictResponse> predict(Caller c, double timeoutMs, String... customers)
            throws Exception {
        PredictRequest.Builder request = PredictRequest.newBuilder()
                .setTimeoutMs(timeoutMs)
                .putInputs("amount", Value.newBuilder().setDoubleValue(1).build());
        for (String customer : customers) {
            request.addEntities(Entity.newBuilder()
                    .putKeys(
                            "customer_id",
                            Value.newBuilder().setStringValue(customer).build()));
        }
        return c.grpc("millrace.v1.PredictService", "Predict", request.build(), PredictResponse.getDefaultInstance());
    }

    /** The only instance is busy for seconds when this returns. */
    private static void occupy(Caller c) {
        List<CompletableFuture<?>> sent = new ArrayList<>(List.of(send(c)));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    if (c.metric("millrace_scheduler_inflight", "state=\"executing\"") == 1) {
                        return true;
                    }
                    if (sent.stream().allMatch(CompletableFuture::isDone)) {
                        // it waited too long itself: on a busy machine an instance wakes late
                        sent.add(send(c));
                    }
                    return false;
                });
    }

    /** As long as the only instance is busy; on a fast machine it may be over with it before all was asked. */
    private static void whileBusy(Caller c, ThrowingRunnable asked) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            occupy(c);
            asked.run();
        });
    }

    private static CompletableFuture<?> send(Caller c) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return infer(c, ROWS_FOR_SECONDS).status();
            } catch (Exception e) {
                return e;
            }
        });
    }

    private static void assertRefused(Reply reply, int status) {
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(status);
        // what is under way takes some seconds, by the server's own estimate
        assertThat(reply.response().headers().firstValue("retry-after"))
                .hasValueSatisfying(s -> assertThat(Integer.parseInt(s)).isBetween(1, 60));
        assertThat(reply.body().getString("error")).isNotBlank();
    }

    @Test
    void oneMoreThanCanBeInFlightIsShedAtOnce() throws Exception {
        Caller c = start(bounded(config("Default", null), 1, new Budget(Specs.FEATURES_MS, 100, 1_000, 2)), "Ready");
        assertThat(c.status().getJsonObject("admission").getInteger("maxInFlight"))
                .isEqualTo(1);
        whileBusy(c, () -> assertRefused(c.predict("c-1", 1), 429));
        whileBusy(c, () -> assertRefused(c.post("/v2/models/fraud/infer", INFER), 429));
        whileBusy(c, () -> assertRefused(c.post("/v2/models/fraud/infer", "what it says does not matter"), 429));
        for (String priority : List.of("priority", "prior\\u0069ty")) {
            Reply urgent = c.post("/v2/models/fraud/infer", "{\"parameters\":{\"" + priority + "\":-1}}");
            assertThat(urgent.status())
                    .as("read, since it may be urgent: %s", urgent.body())
                    .isEqualTo(400);
        }
        whileBusy(c, () -> {
            GrpcReply<PredictResponse> predict = predict(c, 0, "c-1");
            assertThat(predict.status()).as(predict.message()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        });
        whileBusy(c, () -> {
            GrpcReply<ModelInferResponse> infer = infer(c, 1);
            assertThat(infer.status()).as(infer.message()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
        });
        c.awaitAtLeast(4, "millrace_requests_total", "outcome=\"shed\"");
        assertThat(c.metric("millrace_scheduler_inflight_limit")).isEqualTo(1);
    }

    @Test
    void theBoundIsThisServersOwn() throws Exception {
        ServingConfig config = config("Default", null);
        Caller c = start(
                Specs.with(
                        config,
                        new Slo("99.9", 100, "99.9", new Budget(50, 1, 40, 2)),
                        new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 9_999_999, 10_000_000, List.of("CPU"), 3_000)),
                "Ready");
        JsonObject status = c.status();
        int bound = status.getJsonObject("admission").getInteger("maxInFlight");
        double serviceMs = status.getJsonObject("calibration").getDouble("serviceMs");
        System.out.printf("S = %.3f ms: %s%n", serviceMs, status.getJsonObject("admission"));
        // whatever the machine: never more than fit into 90 % of the threshold one after the other
        assertThat(bound).isBetween(9, (int) (90 / serviceMs) + 9);
        assertThat(c.metric("millrace_scheduler_inflight_limit")).isEqualTo(bound);
    }

    @Test
    void aQueueBudgetThatTheSpecGaveCutsTheWait() throws Exception {
        Caller c = start(
                bounded(
                        config("Default", Specs.fallback("Timeout")),
                        64,
                        new Budget(Specs.FEATURES_MS, 50, 1_000, 2, true)),
                "Ready");
        whileBusy(c, () -> {
            Reply reply = c.predict("c-1", 1);
            assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("Timeout");
            JsonObject timings = reply.body().getJsonObject("timingsMs");
            System.out.println("cut by the queue budget: " + timings);
            assertThat(timings.getDouble("queue")).isBetween(49.0, Specs.THRESHOLD_MS / 2);
            assertThat(timings.getDouble("total")).isLessThan(Specs.THRESHOLD_MS / 2);
        });
        // infer has no fallback
        whileBusy(c, () -> assertRefused(c.post("/v2/models/fraud/infer", INFER), 503));
        whileBusy(c, () -> {
            GrpcReply<ModelInferResponse> infer = infer(c, 1);
            assertThat(infer.status()).as(infer.message()).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED);
        });
        c.awaitAtLeast(2, "millrace_requests_total", "outcome=\"timeout\"");
    }

    @Test
    void aDeadlineThatPassesAndARejectedFeatureAreSaid() throws Exception {
        Caller c = start(config("Reject", null), "Ready");
        Reply late = c.post(
                "/v2/models/fraud/predict",
                "{\"entities\":[{\"customer_id\":\"c-1\"}],\"inputs\":{\"amount\":1},\"timeoutMs\":0.001}");
        assertRefused(late, 503);
        GrpcReply<PredictResponse> grpc = predict(c, 0.001, "c-1");
        assertThat(grpc.status()).as(grpc.message()).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED);
        c.awaitMetric(2, "millrace_requests_total", "outcome=\"timeout\"");

        Reply rejected = c.predict("nobody", 1);
        assertThat(rejected.status()).isEqualTo(422);
        assertThat(rejected.response().headers().firstValue("retry-after")).isEmpty();
        grpc = predict(c, 0, "nobody");
        assertThat(grpc.status()).isEqualTo(GrpcStatus.FAILED_PRECONDITION);
        assertThat(grpc.message()).contains("purchases.count_1h");
        c.awaitMetric(2, "millrace_requests_total", "outcome=\"rejected\"");
        assertThat(c.metric("millrace_requests_total", "outcome=\"error\"")).isZero();
        // the two that were late, not the two that the spec wants refused
        c.awaitMetric(2, "millrace_slo_events_total", "slo=\"availability\"");
    }

    @Test
    void oneRowFailsAndTheOtherIsAnswered() throws Exception {
        Caller c = start(config("Reject", null), "Ready");
        JsonArray entities = new JsonArray()
                .add(new JsonObject().put("customer_id", "nobody"))
                .add(new JsonObject().put("customer_id", "c-1"))
                .add(new JsonObject().put("customer_id", "nobody-2"));
        Reply reply = c.post(
                "/v2/models/fraud/predict",
                new JsonObject()
                        .put("entities", entities)
                        .put("inputs", new JsonObject().put("amount", 1))
                        .toString());
        assertThat(reply.status()).isEqualTo(200);
        JsonArray predictions = reply.body().getJsonArray("predictions");
        assertThat(predictions).hasSize(3);
        for (int i = 0; i < 3; i++) {
            JsonObject prediction = predictions.getJsonObject(i);
            assertThat(prediction.getString("predictionId")).hasSize(26);
            if (i == 1) {
                assertThat(prediction.getString("label")).isEqualTo("review");
                assertThat(prediction.getString("error")).isNull();
            } else {
                assertThat(prediction.getString("error"))
                        .startsWith("FeatureMissing")
                        .contains("purchases.count_1h");
                assertThat(prediction.getString("label")).isNull();
                assertThat(prediction.getJsonObject("outputs")).isEmpty();
                assertThat(prediction.getJsonObject("flags").getValue("fallback"))
                        .isNull();
            }
        }
        GrpcReply<PredictResponse> grpc = predict(c, 0, "c-1", "nobody");
        assertThat(grpc.status()).as(grpc.message()).isEqualTo(GrpcStatus.OK);
        assertThat(grpc.answer().getPredictions(0).getLabel()).isEqualTo("review");
        assertThat(grpc.answer().getPredictions(0).getError()).isEmpty();
        assertThat(grpc.answer().getPredictions(1).getLabel()).isEmpty();
        assertThat(grpc.answer().getPredictions(1).getError()).startsWith("FeatureMissing");
    }

    @Test
    void withoutAModelItIsUnavailable() throws Exception {
        Caller c = start(
                Specs.with(
                        config("Default", null),
                        new Model(dir.resolve("none.onnx").toString(), "7", null, "onnx", List.of(), List.of())),
                "Failed");
        assertRefused(c.predict("c-1", 1), 503);
        assertRefused(c.post("/v2/models/fraud/infer", INFER), 503);
        assertThat(predict(c, 0, "c-1").status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        assertThat(infer(c, 1).status()).isEqualTo(GrpcStatus.UNAVAILABLE);
        c.awaitMetric(4, "millrace_requests_total", "outcome=\"error\"");
    }
}
