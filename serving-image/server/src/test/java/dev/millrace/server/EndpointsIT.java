package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.inference.DataType;
import dev.millrace.server.proto.inference.ModelConfig;
import dev.millrace.server.proto.inference.ModelConfigRequest;
import dev.millrace.server.proto.inference.ModelConfigResponse;
import dev.millrace.server.proto.inference.ModelStatisticsRequest;
import dev.millrace.server.proto.inference.ModelStatisticsResponse;
import dev.millrace.server.proto.inference.RepositoryIndexRequest;
import dev.millrace.server.proto.inference.RepositoryIndexResponse;
import dev.millrace.server.proto.inference.RepositoryModelLoadRequest;
import dev.millrace.server.proto.inference.RepositoryModelLoadResponse;
import dev.millrace.server.proto.inference.ServerMetadataRequest;
import dev.millrace.server.proto.inference.ServerMetadataResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server tells of itself and of its model, and how it refuses, over real sockets. */
class EndpointsIT {
    private static final String SERVICE = "inference.GRPCInferenceService";
    private static final String INFER = "/v2/models/fraud/infer";
    private static final String BODY =
            "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3]," + "\"data\":[0,0,0,1000,6,1]}]}";

    private static ModelServer server;
    private static Caller caller;

    @BeforeAll
    static void start() {
        server = ModelServer.start(Specs.keeping(
                Specs.config(
                        Specs.features(
                                "redis://127.0.0.1:" + TestStore.freePort(), Specs.purchases("Default", "Serve")),
                        null,
                        new ServingConfig.RequestCache(10_000, 10, "Vector"),
                        null),
                null,
                new ServingConfig.HttpCache(60_000, 0)));
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
    }

    @AfterAll
    static void stop() {
        caller.close();
        server.stop();
    }

    @Test
    void configurationInTritonsTermsIsTheSameOverBothProtocols() throws Exception {
        JsonObject rest = caller.get("/v2/models/fraud/config").body();
        assertThat(rest.getString("name")).isEqualTo("fraud");
        assertThat(rest.getString("platform")).isEqualTo("onnx_onnxv1");
        assertThat(rest.getInteger("max_batch_size")).isEqualTo(4);
        assertThat(rest.getJsonArray("input").getJsonObject(0).getString("data_type"))
                .isEqualTo("TYPE_FP32");
        assertThat(rest.getJsonArray("input").getJsonObject(0).getJsonArray("dims"))
                .containsExactly(3);
        assertThat(rest.getJsonArray("output").getJsonObject(0).getJsonArray("dims"))
                .isEmpty();
        assertThat(rest.getJsonObject("response_cache").getBoolean("enable")).isTrue();
        assertThat(caller.get("/v2/models/fraud/versions/7/config").body()).isEqualTo(rest);

        ModelConfig grpc = caller.grpc(
                        SERVICE,
                        "ModelConfig",
                        ModelConfigRequest.newBuilder().setName("fraud").build(),
                        ModelConfigResponse.getDefaultInstance())
                .answer()
                .getConfig();
        assertThat(grpc.getMaxBatchSize()).isEqualTo(4);
        assertThat(grpc.getInput(0).getDataType()).isEqualTo(DataType.TYPE_FP32);
        assertThat(grpc.getOutput(1).getDimsList()).containsExactly(2L);
    }

    private static JsonObject statistics() throws Exception {
        return caller.get("/v2/models/fraud/stats")
                .body()
                .getJsonArray("model_stats")
                .getJsonObject(0);
    }

    private static long count(JsonObject statistics, String part) {
        return statistics.getJsonObject("inference_stats").getJsonObject(part).getLong("count");
    }

    @Test
    void statisticsCountWhatWasAskedAndExecuted() throws Exception {
        JsonObject before = statistics();
        for (int i = 0; i < 3; i++) {
            assertThat(caller.post(INFER, BODY).status()).isEqualTo(200);
        }
        // refused before the model: no inference, and no failure of it
        assertThat(caller.post(INFER, "{}").status()).isEqualTo(400);
        // the last byte is counted after it is sent
        org.awaitility.Awaitility.await().until(() -> count(statistics(), "success") == count(before, "success") + 3);
        JsonObject after = statistics();
        assertThat(after.getLong("inference_count") - before.getLong("inference_count"))
                .isEqualTo(6);
        assertThat(after.getLong("execution_count") - before.getLong("execution_count"))
                .isEqualTo(3);
        assertThat(after.getLong("last_inference")).isGreaterThan(System.currentTimeMillis() - 60_000);
        for (String part : List.of("queue", "compute_infer", "compute_input", "compute_output")) {
            assertThat(count(after, part) - count(before, part)).as(part).isEqualTo(3);
            assertThat(after.getJsonObject("inference_stats")
                            .getJsonObject(part)
                            .getLong("ns"))
                    .as(part)
                    // what runs on the loop that submits it has waited for nothing
                    .isGreaterThanOrEqualTo(part.equals("queue") ? 0 : 1);
        }
        assertThat(count(after, "fail")).isEqualTo(count(before, "fail"));
        JsonObject two = after.getJsonArray("batch_stats").stream()
                .map(JsonObject.class::cast)
                .filter(b -> b.getInteger("batch_size") == 2)
                .findFirst()
                .orElseThrow();
        assertThat(two.getJsonObject("compute_infer").getLong("count")).isGreaterThanOrEqualTo(3);
        GrpcReply<ModelStatisticsResponse> grpc = caller.grpc(
                SERVICE,
                "ModelStatistics",
                ModelStatisticsRequest.getDefaultInstance(),
                ModelStatisticsResponse.getDefaultInstance());
        assertThat(grpc.answer().getModelStats(0).getInferenceCount()).isEqualTo(after.getLong("inference_count"));
    }

    @Test
    void calibrationSaysWhatStatusSays() throws Exception {
        JsonObject calibration = caller.get("/v2/models/fraud/calibration").body();
        JsonObject status = caller.status().getJsonObject("calibration");
        assertThat(calibration.getString("model")).isEqualTo("fraud");
        assertThat(calibration.getString("version")).isEqualTo("7");
        assertThat(calibration.getDouble("serviceMs")).isEqualTo(status.getDouble("serviceMs"));
        assertThat(calibration.getDouble("cv")).isEqualTo(status.getDouble("serviceCv"));
        assertThat(calibration.getDouble("overheadMs")).isEqualTo(status.getDouble("overheadMs"));
        assertThat(calibration.getInteger("preferredRows")).isBetween(1, 4);
        assertThat(calibration.getJsonArray("points")).isEqualTo(status.getJsonArray("points"));
    }

    @Test
    void bothProtocolsNameTheSameExtensions() throws Exception {
        JsonArray rest = caller.get("/v2").body().getJsonArray("extensions");
        assertThat(rest).contains("model_configuration", "statistics", "schedule_policy");
        assertThat(rest).doesNotContain("model_repository");
        ServerMetadataResponse grpc = caller.grpc(
                        SERVICE,
                        "ServerMetadata",
                        ServerMetadataRequest.getDefaultInstance(),
                        ServerMetadataResponse.getDefaultInstance())
                .answer();
        assertThat(new JsonArray(List.copyOf(grpc.getExtensionsList()))).isEqualTo(rest);
    }

    @Test
    void everyCallOfTheOpenApiDocumentIsAnswered() throws Exception {
        JsonObject paths = caller.get("/openapi.json").body().getJsonObject("paths");
        assertThat(paths.size()).isGreaterThan(15);
        for (String template : paths.fieldNames()) {
            String path = template.replace("{model}", "fraud")
                    .replace("{version}", "7")
                    .replace("{entity}", "c-17");
            for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
                JsonObject operation = paths.getJsonObject(template)
                        .getJsonObject(method.name().toLowerCase(Locale.ROOT));
                Reply reply = method == HttpMethod.GET ? caller.get(path) : caller.post(path, "{}");
                if (operation == null) {
                    assertThat(reply.status()).as(method + " " + path).isEqualTo(405);
                } else {
                    assertThat(reply.status()).as(method + " " + path).isNotIn(404, 405, 500);
                    assertThat(operation.getJsonObject("responses").fieldNames())
                            .as(method + " " + path)
                            .contains(Integer.toString(reply.status()));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/|404|",
                "GET|/v2/nothing|404|",
                "GET|/v2/models/other|404|",
                "POST|/v2/models/other/infer|404|",
                "GET|/v2/models/fraud/versions/8/config|404|",
                "GET|/v2/models/fraud/generate|404|",
                "GET|/v2/models/fraud/infer|405|POST",
                "GET|/v2/repository/index|405|POST",
                "POST|/v2|405|GET, HEAD",
                "DELETE|/v2/models/fraud|405|GET, HEAD",
                "PUT|/v2/models/fraud/predict|405|POST",
                "PATCH|/openapi.json|405|GET, HEAD",
                "POST|/v2/repository/index|501|",
                "POST|/v2/repository/models/fraud/load|501|",
                "POST|/v2/repository/models/other/unload|501|"
            })
    void refusalsAreJsonAndNameNoClass(String method, String path, int status, String allow) throws Exception {
        Reply reply = caller.send(HttpMethod.valueOf(method), path, "");
        assertRefusal(reply, status);
        assertThat(reply.response().headers().firstValue("allow").orElse(null)).isEqualTo(allow);
    }

    private static void assertRefusal(Reply reply, int status) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.response().headers().firstValue("content-type")).contains("application/json");
        assertThat(reply.body().fieldNames()).containsExactly("error");
        assertThat(reply.body().getString("error"))
                .isNotBlank()
                .doesNotContain("Exception", "java.", "dev.millrace.", "io.vertx", "\tat ");
    }

    @Test
    void aRequestLineThatIsTooLongIsRefusedInJsonToo() throws Exception {
        assertRefusal(caller.get("/v2/" + "x".repeat(10_000)), 414);
        assertThat(caller.get("/v2").status()).isEqualTo(200);
    }

    @Test
    void wrongTypesAreRefused() throws Exception {
        assertRefusal(caller.post(INFER, BODY, "Content-Type", "text/csv"), 415);
        assertRefusal(caller.post("/v2/models/fraud/predict", "{}", "Content-Type", "text/plain"), 415);
    }

    @Test
    void headAnswersAsGetWithoutABody() throws Exception {
        Reply reply = caller.send(HttpMethod.HEAD, "/v2/models/fraud/config", "");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.response().body()).isEmpty();
    }

    @Test
    void theRepositoryIsOffUnlessTheDocumentAsksForIt() throws Exception {
        assertThat(caller.post("/v2/repository/index", "{}").body().getString("error"))
                .contains("RealtimeModel", "server.repositoryApi");
        GrpcReply<RepositoryModelLoadResponse> grpc = caller.grpc(
                SERVICE,
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder().setModelName("fraud").build(),
                RepositoryModelLoadResponse.getDefaultInstance());
        assertThat(grpc.status()).isEqualTo(GrpcStatus.UNIMPLEMENTED);
        assertThat(grpc.message()).contains("RealtimeModel");
    }

    @Test
    void anUnloadedModelAnswersNobodyUntilItIsLoaded() throws Exception {
        ModelServer own = ModelServer.start(Specs.withRepository(Specs.config(null, null, null, null)));
        try (Caller c = new Caller(own.ports())) {
            c.awaitState("Ready");
            assertThat(c.get("/v2").body().getJsonArray("extensions")).contains("model_repository");
            Reply index = c.post("/v2/repository/index", "");
            assertThat(new JsonArray(index.response().body()).getJsonObject(0).getString("state"))
                    .isEqualTo("READY");
            assertThat(c.post("/v2/repository/models/other/unload", "{}").status())
                    .isEqualTo(404);
            assertThat(c.post("/v2/repository/index", "[").status()).isEqualTo(400);

            assertThat(c.post("/v2/repository/models/fraud/unload", "{}").status())
                    .isEqualTo(200);
            Reply refused = c.post(INFER, BODY);
            assertRefusal(refused, 503);
            assertThat(refused.response().headers().firstValue("retry-after")).isPresent();
            assertThat(c.get("/v2/models/fraud/ready").status()).isEqualTo(503);
            assertThat(new JsonArray(c.post("/v2/repository/index", "{\"ready\":true}")
                            .response()
                            .body()))
                    .isEmpty();
            // those who were taken on before are answered first
            org.awaitility.Awaitility.await().until(() -> c.grpc(
                            SERVICE,
                            "RepositoryIndex",
                            RepositoryIndexRequest.getDefaultInstance(),
                            RepositoryIndexResponse.getDefaultInstance())
                    .answer()
                    .getModels(0)
                    .getState()
                    .equals("UNAVAILABLE"));

            assertThat(c.post("/v2/repository/models/fraud/load", "{}").status())
                    .isEqualTo(200);
            assertThat(c.post(INFER, BODY).status()).isEqualTo(200);
        } finally {
            own.stop();
        }
    }

    @Test
    void withoutAModelEveryQuestionAboutItIs503() throws Exception {
        ServingConfig none = Specs.with(
                Specs.config(null, null, null, null),
                new Model("/nothing.onnx", "7", null, "onnx", List.of(), List.of()));
        ModelServer own = ModelServer.start(none);
        try (Caller c = new Caller(own.ports())) {
            for (String call : List.of("", "/config", "/stats", "/calibration")) {
                assertRefusal(c.get("/v2/models/fraud" + call), 503);
            }
            assertRefusal(c.post(INFER, BODY), 503);
            assertThat(c.get("/v2/models/fraud/ready").status()).isEqualTo(503);
            assertThat(c.get("/v2").status()).isEqualTo(200);
        } finally {
            own.stop();
        }
    }
}
