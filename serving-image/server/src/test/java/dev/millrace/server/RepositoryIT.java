package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.server.Caller.GrpcReply;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.proto.inference.RepositoryModelLoadRequest;
import dev.millrace.server.proto.inference.RepositoryModelLoadResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.grpc.common.GrpcStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process whose model is unloaded and loaded by its callers, with a model that is missed in memory. */
class RepositoryIT {
    private static final int BYTES = 96 << 20;
    private static final String INFER = "/v2/models/fraud/infer";
    private static final String UNLOAD = "/v2/repository/models/fraud/unload";
    private static final String LOAD = "/v2/repository/models/fraud/load";

    @TempDir
    Path dir;

    private ServingConfig config(Path model, String version) {
        return Specs.withRepository(Specs.with(
                Specs.config(null, null, null, null),
                new Model(model.toString(), version, null, "onnx", List.of(), List.of())));
    }

    private static JsonObject index(Caller c) throws Exception {
        return new JsonArray(c.post("/v2/repository/index", "{}").response().body()).getJsonObject(0);
    }

    private static void awaitState(Caller c, String state) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> index(c).getString("state")
                .equals(state));
    }

    private static void unload(Caller c) throws Exception {
        assertThat(c.post(UNLOAD, "{}").status()).isEqualTo(200);
        awaitState(c, "UNAVAILABLE");
    }

    private static void load(Caller c) throws Exception {
        Reply reply = c.post(LOAD, "{}");
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(index(c).getString("state")).isEqualTo("READY");
    }

    private static long closed(ServerProcess server) throws IOException {
        return server.errors().lines().filter(l -> l.endsWith("is closed")).count();
    }

    private static long resident(ServerProcess server) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + server.process().pid() + "/status")).stream()
                .filter(l -> l.startsWith("VmRSS:"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    @Test
    void itLeavesMemoryAndComesBackOrSaysWhyNot() throws Exception {
        Path model = dir.resolve("model.onnx");
        byte[] content = TestModels.large(-1, BYTES);
        Files.write(model, content);
        try (ServerProcess server = ServerProcess.start(dir, config(model, "7"));
                Caller c = new Caller(server.awaitReady())) {
            long loaded = resident(server);
            unload(c);
            assertThat(closed(server)).isEqualTo(1);
            System.out.printf("resident: %d MB, unloaded %d MB%n", loaded >> 20, resident(server) >> 20);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> resident(server) < loaded - BYTES * 3 / 4);
            assertThat(index(c).getString("reason")).isEqualTo("unloaded");
            Reply refused = c.post(INFER, Traffic.BODY);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body().getString("error")).contains("is unloaded", LOAD);
            assertThat(c.get("/v2/models/fraud").status()).isEqualTo(503);
            assertThat(c.get("/v2/health/ready").status()).isEqualTo(503);
            assertThat(c.metric("millrace_model_ready")).isZero();
            // once more: there is nothing to do
            unload(c);
            assertThat(closed(server)).isEqualTo(1);

            TestModels.put(model, "this is no model".getBytes(StandardCharsets.UTF_8));
            Reply broken = c.post(LOAD, "{}");
            assertThat(broken.status()).isEqualTo(503);
            assertThat(broken.body().getString("error")).contains("is not loaded: ModelInvalid");
            assertThat(index(c).getString("state")).isEqualTo("UNAVAILABLE");
            assertThat(index(c).getString("reason")).contains("ModelInvalid");
            Files.delete(model);
            GrpcReply<RepositoryModelLoadResponse> missing = c.grpc(
                    "inference.GRPCInferenceService",
                    "RepositoryModelLoad",
                    RepositoryModelLoadRequest.newBuilder()
                            .setModelName("fraud")
                            .build(),
                    RepositoryModelLoadResponse.getDefaultInstance());
            assertThat(missing.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
            assertThat(missing.message()).contains("ModelFileMissing", model.toString());

            TestModels.put(model, content);
            load(c);
            assertThat(c.post(INFER, Traffic.BODY).status()).isEqualTo(200);
            assertThat(c.get("/v2/models/fraud").status()).isEqualTo(200);
            assertThat(c.metric("millrace_model_ready")).isEqualTo(1);
            load(c);
        }
    }

    @Test
    void whoWasTakenOnIsAnsweredAndWhoComesLaterIsTold() throws Exception {
        try (ServerProcess server = ServerProcess.start(dir, config(Specs.model("score.onnx"), "7"));
                Caller c = new Caller(server.awaitReady())) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread thread = new Thread(() -> {
                    while (!stop.get()) {
                        try {
                            Reply reply = c.post(INFER, Traffic.BODY);
                            if (reply.status() == 200) {
                                answered.incrementAndGet();
                            } else if (reply.status() == 503
                                    && reply.body().getString("error").contains("is unloaded")) {
                                refused.incrementAndGet();
                            } else {
                                wrong.add(reply.status() + " " + reply.body());
                            }
                        } catch (Exception e) {
                            wrong.add(e.toString());
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (int i = 0; i < 3; i++) {
                int before = answered.get();
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > before + 50);
                int then = refused.get();
                unload(c);
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> refused.get() > then + 10);
                load(c);
            }
            int last = answered.get();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > last + 50);
            stop.set(true);
            for (Thread t : threads) {
                t.join(30_000);
            }
            assertThat(wrong).isEmpty();
            System.out.printf("%d answered, %d told%n", answered.get(), refused.get());
        }
    }

    @Test
    void aLoadComesBehindASwapAndBringsWhatTheDocumentNames() throws Exception {
        Path eight = dir.resolve("8.onnx");
        Files.write(eight, TestModels.biased(2));
        try (ServerProcess server = ServerProcess.start(dir, config(Specs.model("score.onnx"), "7"));
                Caller c = new Caller(server.awaitReady())) {
            unload(c);
            document(config(eight, "8"));
            load(c);
            assertThat(c.status().getString("version")).isEqualTo("8");
            assertThat(c.post(INFER, Traffic.BODY).body().getString("model_version"))
                    .isEqualTo("8");

            document(config(Specs.model("score.onnx"), "7"));
            // all at once, while the server may be swapping: they come one after another
            List<Thread> both = List.of(new Thread(() -> post(c, UNLOAD)), new Thread(() -> post(c, LOAD)));
            both.forEach(Thread::start);
            for (Thread t : both) {
                t.join(60_000);
            }
            load(c);
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> "7"
                    .equals(c.post(INFER, Traffic.BODY).body().getString("model_version")));
            // every version but the one that answers
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.errors()
                    .contains("version 8 is closed"));
        }
    }

    private static void post(Caller c, String path) {
        try {
            c.post(path, "{}");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void document(ServingConfig config) throws IOException {
        TestModels.put(dir.resolve("serving.json"), Json.write(config).getBytes(StandardCharsets.UTF_8));
    }
}
