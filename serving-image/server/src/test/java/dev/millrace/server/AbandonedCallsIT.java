package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.server.proto.health.HealthCheckRequest;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.reflection.ServerReflectionRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC calls that their caller drops: what each of them ends is itself, not the connection that others use. */
class AbandonedCallsIT {
    /** More than the server's stack takes for an attack of itself. */
    private static final int CALLS = 500;

    private static final String HEALTH = "/grpc.health.v1.Health/";
    private static final byte[] WATCH = HealthCheckRequest.getDefaultInstance().toByteArray();
    private static final byte[] LIST =
            ServerReflectionRequest.newBuilder().setListServices("").build().toByteArray();
    private static final byte[] INFER = ModelInferRequest.newBuilder()
            .setModelName("fraud")
            .addInputs(InferInputTensor.newBuilder()
                    .setName("input")
                    .setDatatype("FP32")
                    .addAllShape(List.of(1L, 3L)))
            .addRawInputContents(ByteString.copyFrom(new byte[12]))
            .build()
            .toByteArray();
    private static final Map<String, byte[]> MESSAGES = Map.of(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            LIST,
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            LIST,
            HEALTH + "Watch",
            WATCH,
            HEALTH + "Check",
            WATCH,
            "/inference.GRPCInferenceService/ModelInfer",
            INFER);

    private static ModelServer server;
    private static Caller caller;

    @BeforeAll
    static void start() {
        server = ModelServer.start(Specs.config(null, null, null, null));
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
    }

    @AfterAll
    static void stop() {
        caller.close();
        server.stop();
    }

    /** In one write, so that the answer is on its way while the server reads that nobody waits for it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                HEALTH + "Watch",
                HEALTH + "Check",
                "/inference.GRPCInferenceService/ModelInfer"
            })
    void droppedWithItsLastByte(String path) throws Exception {
        byte[] message = Objects.requireNonNull(MESSAGES.get(path));
        try (RawHttp2 client = new RawHttp2(server.ports().grpc())) {
            int stream = 1;
            for (int i = 0; i < CALLS; i++, stream += 4) {
                client.post(stream, path, "application/grpc")
                        .message(stream, message, true)
                        .reset(stream)
                        .flush();
                check(client, stream + 2);
            }
        }
        if (message == INFER) {
            // each of them is over for the server too: it does not wait for them when it stops
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> caller.metric("millrace_requests_total", "protocol=\"grpc\"") >= CALLS);
        }
    }

    /** As a reflection client does: it has what it wanted, and its end and its reset come close upon each other. */
    @ParameterizedTest
    @ValueSource(strings = {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", HEALTH + "Watch"})
    void droppedAfterItsFirstAnswer(String path) throws Exception {
        byte[] message = Objects.requireNonNull(MESSAGES.get(path));
        try (RawHttp2 client = new RawHttp2(server.ports().grpc())) {
            int stream = 1;
            for (int i = 0; i < CALLS; i++, stream += 4) {
                client.post(stream, path, "application/grpc")
                        .message(stream, message, false)
                        .flush();
                int opened = stream;
                RawHttp2.Frame answer = client.next();
                while (answer.stream() != opened || answer.type() != RawHttp2.DATA) {
                    answer = client.next();
                }
                client.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[0])
                        .reset(stream)
                        .flush();
                check(client, stream + 2);
            }
        }
    }

    private static void check(RawHttp2 client, int stream) throws Exception {
        client.post(stream, HEALTH + "Check", "application/grpc")
                .message(stream, WATCH, true)
                .flush();
        assertThat(client.end(stream).type()).as("how call %d ended", stream).isEqualTo(RawHttp2.HEADERS);
    }
}
