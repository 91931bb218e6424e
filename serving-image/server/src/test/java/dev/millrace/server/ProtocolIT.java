package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.health.HealthCheckRequest;
import dev.millrace.server.proto.health.HealthCheckResponse;
import dev.millrace.server.proto.inference.InferTensorContents;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.inference.ModelInferResponse;
import dev.millrace.server.proto.inference.ModelMetadataRequest;
import dev.millrace.server.proto.inference.ModelMetadataResponse;
import dev.millrace.server.proto.inference.ServerReadyRequest;
import dev.millrace.server.proto.inference.ServerReadyResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Open Inference Protocol over real sockets, without a store. */
class ProtocolIT {
    private static final String SERVICE = "inference.GRPCInferenceService";
    private static final String INFER = "/v2/models/fraud/infer";

    private static ModelServer server;
    private static Caller caller;

    @BeforeAll
    static void start() {
        // no entity at all: predict scores what the caller sends
        server = ModelServer.start(Specs.config(
                Specs.features("redis://127.0.0.1:" + TestStore.freePort(), Specs.purchases("Default", "Serve")),
                null,
                null,
                null));
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
    }

    @AfterAll
    static void stop() {
        caller.close();
        server.stop();
    }

    private static String body(String data) {
        return "{\"id\":\"42\",\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3],\"data\":" + data
                + "}]}";
    }

    @Test
    void metadataAndHealth() throws Exception {
        assertThat(caller.get("/v2").body().getString("name")).isEqualTo("millrace");
        assertThat(caller.get("/v2").body().getJsonArray("extensions"))
                .containsExactly("binary_tensor_data", "model_configuration", "statistics", "schedule_policy");
        assertThat(caller.get("/v2/health/live").body().getBoolean("live")).isTrue();
        assertThat(caller.get("/v2/health/ready").body().getBoolean("ready")).isTrue();
        assertThat(caller.get("/v2/models").body().getJsonArray("models")).containsExactly("fraud");
        for (String path : List.of("/v2/models/fraud", "/v2/models/fraud/versions/7")) {
            JsonObject model = caller.get(path).body();
            assertThat(model.getString("platform")).isEqualTo("onnx_onnxv1");
            assertThat(model.getJsonArray("versions")).containsExactly("7");
            assertThat(model.getJsonArray("inputs").getJsonObject(0))
                    .isEqualTo(new JsonObject("{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1,3]}"));
            assertThat(caller.get(path + "/ready").body().getBoolean("ready")).isTrue();
        }
        assertThat(caller.metricsPort("/readyz")).isEqualTo("ok\n");
        assertThat(caller.metricsPort("/livez")).isEqualTo("ok\n");
        JsonObject status = caller.status();
        assertThat(status.getString("version")).isEqualTo("7");
        assertThat(status.getString("executionProvider")).isEqualTo("CPU");
        assertThat(status.getJsonObject("calibration").getJsonArray("points")).isNotEmpty();
        assertThat(status.getJsonObject("calibration").getDouble("serviceMs")).isPositive();
        assertThat(status.getJsonObject("calibration").getDouble("overheadMs")).isPositive();
        assertThat(caller.metric("millrace_model_ready")).isEqualTo(1);
    }

    @Test
    void inferOverRest() throws Exception {
        for (String path : List.of(INFER, "/v2/models/fraud/versions/7/infer")) {
            Reply reply = caller.post(path, body("[[0,0,0],[1000,6,1]]"));
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body().getString("id")).isEqualTo("42");
            assertThat(reply.body().getString("model_name")).isEqualTo("fraud");
            JsonArray outputs = reply.body().getJsonArray("outputs");
            assertThat(outputs.getJsonObject(0).getString("name")).isEqualTo("label");
            assertThat(outputs.getJsonObject(0).getJsonArray("data")).containsExactly(0, 1);
            assertThat(outputs.getJsonObject(1).getJsonArray("shape")).containsExactly(2, 2);
            assertThat(outputs.getJsonObject(1).getJsonArray("data").getDouble(3))
                    .isCloseTo(0.8808, org.assertj.core.data.Offset.offset(1e-3));
        }
        Reply one = caller.post(
                INFER,
                "{\"outputs\":[{\"name\":\"label\"}],\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\","
                        + "\"shape\":[1,3],\"data\":[0,0,0]}]}");
        assertThat(one.body().getJsonArray("outputs")).hasSize(1);
        // more rows than a batch: in chunks
        StringBuilder many = new StringBuilder("[");
        for (int i = 0; i < 11; i++) {
            many.append(i == 0 ? "" : ",").append("[0,").append(i).append(",0]");
        }
        Reply chunks = caller.post(INFER, body(many + "]").replace("\"shape\":[2,3]", "\"shape\":[11,3]"));
        assertThat(chunks.body().getJsonArray("outputs").getJsonObject(0).getJsonArray("data"))
                .containsExactly(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{|the body is not JSON",
                "400|{}|inputs: is required",
                "400|{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1]}]}|inputs[input].data",
                "400|{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}|input is missing",
                "400|{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP64\",\"shape\":[1,3],\"data\":[1,2,3]}]}|inputs[input].datatype",
                "400|{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,1],\"data\":[1]}]}|inputs[input].shape",
                "400|{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[0,3],\"data\":[]}]}|inputs[input].shape",
                "400|{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1,2,3]}],\"outputs\":[{\"name\":\"no\"}]}|outputs[no]"
            })
    void malformedInferIsNamed(int status, String body, String message) throws Exception {
        Reply reply = caller.post(INFER, body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.body().getString("error")).contains(message).doesNotContain("Exception", "\tat ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|entities: name at least one",
                "{\"entities\":[{}],\"inputs\":{\"amount\":1}}|entities[0].customer_id: is required",
                "{\"entities\":[{\"customer_id\":true}],\"inputs\":{\"amount\":1}}|entities[0].customer_id: ",
                "{\"entities\":[{\"customer_id\":\"c\",\"x\":1}],\"inputs\":{\"amount\":1}}|entities[0].x: is no join key",
                "{\"entities\":[{\"customer_id\":\"c\"}]}|inputs.amount: is required",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":\"much\"}}|inputs.amount: must be a number",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":1,\"channel\":1.5}}|inputs.channel: must be a whole",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":1,\"amonut\":1}}|inputs.amonut: is no request feature",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":{}}}|inputs.amount: must be",
                "{\"entitys\":[]}|entitys: is no field of predict",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":1},\"timeoutMs\":-1}|timeoutMs",
                "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":1},\"candidates\":[{}]}|candidates"
            })
    void malformedPredictIsNamed(String body, String message) throws Exception {
        Reply reply = caller.post("/v2/models/fraud/predict", body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().getString("error")).contains(message).doesNotContain("Exception", "\tat ");
    }

    @Test
    void pathsMethodsTypesAndSizes() throws Exception {
        assertThat(caller.get("/v2/models/other").status()).isEqualTo(404);
        assertThat(caller.get("/v2/models/fraud/versions/8").body().getString("error"))
                .contains("version 8");
        assertThat(caller.get("/v1/models/fraud:predict").status()).isEqualTo(404);
        assertThat(caller.post("/v2/models/other/infer", body("[]")).status()).isEqualTo(404);
        assertThat(caller.get(INFER).status()).isEqualTo(405);
        assertThat(caller.get(INFER).response().headers().firstValue("allow")).contains("POST");
        assertThat(caller.rawStatus(HttpMethod.DELETE, "/v2/models/fraud")).isEqualTo(405);
        assertThat(caller.post(INFER, body("[[0,0,0],[0,0,0]]"), "Content-Type", "text/plain")
                        .status())
                .isEqualTo(415);
        String huge = "{\"id\":\"" + "x".repeat(17 << 20) + "\"}";
        int status;
        try {
            status = caller.post(INFER, huge).status();
        } catch (java.io.IOException e) {
            // the connection was closed while the client was still sending
            status = 413;
        }
        assertThat(status).isEqualTo(413);
        assertThat(caller.post(INFER, body("[[0,0,0],[0,0,0]]")).status()).isEqualTo(200);
    }

    @Test
    void inferOverGrpcTypedAndRaw() throws Exception {
        assertThat(caller.grpc(
                                SERVICE,
                                "ServerReady",
                                ServerReadyRequest.getDefaultInstance(),
                                ServerReadyResponse.getDefaultInstance())
                        .answer()
                        .getReady())
                .isTrue();
        assertThat(caller.grpc(
                                "grpc.health.v1.Health",
                                "Check",
                                HealthCheckRequest.getDefaultInstance(),
                                HealthCheckResponse.getDefaultInstance())
                        .answer()
                        .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        ModelMetadataResponse metadata = caller.grpc(
                        SERVICE,
                        "ModelMetadata",
                        ModelMetadataRequest.newBuilder().setName("fraud").build(),
                        ModelMetadataResponse.getDefaultInstance())
                .answer();
        assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 3L);

        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder().setModelName("fraud").setId("9");
        InferInputTensor.Builder input = InferInputTensor.newBuilder()
                .setName("input")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(3);
        GrpcReply<ModelInferResponse> typed = caller.grpc(
                SERVICE,
                "ModelInfer",
                request.clone()
                        .addInputs(input.clone()
                                .setContents(
                                        InferTensorContents.newBuilder().addAllFp32Contents(List.of(1000f, 6f, 1f))))
                        .build(),
                ModelInferResponse.getDefaultInstance());
        assertThat(typed.status()).as(typed.message()).isEqualTo(GrpcStatus.OK);
        assertThat(typed.answer().getId()).isEqualTo("9");
        assertThat(typed.answer().getOutputs(0).getContents().getInt64Contents(0))
                .isEqualTo(1);
        assertThat(typed.answer().getRawOutputContentsCount()).isZero();

        ByteBuffer raw = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        raw.putFloat(1000).putFloat(6).putFloat(1).flip();
        GrpcReply<ModelInferResponse> rawReply = caller.grpc(
                SERVICE,
                "ModelInfer",
                request.clone()
                        .addInputs(input)
                        .addRawInputContents(ByteString.copyFrom(raw))
                        .build(),
                ModelInferResponse.getDefaultInstance());
        assertThat(rawReply.answer()
                        .getRawOutputContents(0)
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong())
                .isEqualTo(1);

        GrpcReply<ModelInferResponse> wrong = caller.grpc(
                SERVICE,
                "ModelInfer",
                request.clone().addInputs(input).build(),
                ModelInferResponse.getDefaultInstance());
        assertThat(wrong.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
        assertThat(wrong.message()).contains("inputs[input].contents");
        GrpcReply<ModelInferResponse> unknown = caller.grpc(
                SERVICE,
                "ModelInfer",
                request.clone().setModelName("other").addInputs(input).build(),
                ModelInferResponse.getDefaultInstance());
        assertThat(unknown.status()).isEqualTo(GrpcStatus.NOT_FOUND);
    }

    @Test
    void everyDatatypeTravelsBothWays() throws Exception {
        ServingConfig base = Specs.config(null, null, null, null);
        ServingConfig config = new ServingConfig(
                base.namespace(),
                "identity",
                base.variant(),
                new Model(Specs.model("identity.onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                base.slo(),
                base.server(),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
        ModelServer identity = ModelServer.start(config);
        try (Caller c = new Caller(identity.ports())) {
            c.awaitState("Ready");
            ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("identity");
            String[][] tensors = {
                {"bool", "BOOL", "0100"},
                {"u8", "UINT8", "ff07"},
                {"i8", "INT8", "80ff"},
                {"i16", "INT16", "0080ffff"},
                {"i32", "INT32", "00000080ffffffff"},
                {"i64", "INT64", "0000000000000080ffffffffffffffff"},
                {"f16", "FP16", "003c00c0"},
                {"f32", "FP32", "0000803f000000c0"},
                {"f64", "FP64", "000000000000f03f00000000000000c0"},
                {"text", "BYTES", "0200000061c3"}
            };
            tensors[9][2] = "0100000061" + "02000000c3bc";
            for (String[] t : tensors) {
                request.addInputs(InferInputTensor.newBuilder()
                        .setName(t[0])
                        .setDatatype(t[1])
                        .addShape(1)
                        .addShape(2));
                request.addRawInputContents(
                        ByteString.copyFrom(java.util.HexFormat.of().parseHex(t[2])));
            }
            GrpcReply<ModelInferResponse> reply =
                    c.grpc(SERVICE, "ModelInfer", request.build(), ModelInferResponse.getDefaultInstance());
            assertThat(reply.status()).as(reply.message()).isEqualTo(GrpcStatus.OK);
            assertThat(reply.answer().getRawOutputContentsList()).isEqualTo(request.getRawInputContentsList());
            Reply predict = c.post("/v2/models/identity/predict", "{}");
            assertThat(predict.status()).isEqualTo(400);
            assertThat(predict.body().getString("error")).contains("call infer");
        } finally {
            identity.stop();
        }
    }
}
