package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.server.Caller.Reply;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads that fail, and ends without failed requests. */
class LifeIT {
    private static final String BODY =
            "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3]," + "\"data\":[1,2,3]}]}";

    @TempDir
    Path dir;

    private static ServingConfig config(Path model, @Nullable String digest) {
        return Specs.with(
                Specs.config(null, null, null, null),
                new Model(model.toString(), "7", digest, "onnx", List.of(), List.of()));
    }

    @Test
    void aFileThatIsMissingThenWrongThenRight() throws Exception {
        Path model = dir.resolve("model.onnx");
        ModelServer server = ModelServer.start(config(model, null));
        try (Caller c = new Caller(server.ports())) {
            c.awaitState("Failed");
            JsonObject status = c.status();
            assertThat(status.getString("reason")).isEqualTo("ModelFileMissing");
            assertThat(status.getString("message")).contains(model.toString());
            assertThat(c.get("/v2/health/live").status()).isEqualTo(200);
            assertThat(c.get("/v2/health/ready").status()).isEqualTo(503);
            assertThat(c.get("/v2/models/fraud/ready").status()).isEqualTo(503);
            assertThat(c.metric("millrace_model_ready")).isZero();
            Reply refused = c.post("/v2/models/fraud/infer", BODY);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.response().headers().firstValue("retry-after")).isPresent();

            Files.writeString(model, "this is no model");
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            c.status().getString("reason"))
                    .isEqualTo("ModelInvalid"));

            Files.copy(Specs.model("score.onnx"), model, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            c.awaitState("Ready");
            assertThat(c.status().getString("reason")).isNull();
            assertThat(c.post("/v2/models/fraud/infer", BODY).status()).isEqualTo(200);
        } finally {
            server.stop();
        }
    }

    @Test
    void aWrongDigestIsSaid() throws Exception {
        ModelServer server = ModelServer.start(config(Specs.model("score.onnx"), "sha256:" + "0".repeat(64)));
        try (Caller c = new Caller(server.ports())) {
            c.awaitState("Failed");
            assertThat(c.status().getString("reason")).isEqualTo("DigestMismatch");
            assertThat(c.status().getString("message")).contains("model.digest");
        } finally {
            server.stop();
        }
    }

    @Test
    void aModelThatDoesNotTakeTheVectorIsSaid() throws Exception {
        ServingConfig base = Specs.config(
                Specs.features("redis://127.0.0.1:1", Specs.purchases("Default", "Serve")),
                Specs.fallback("ModelUnavailable"),
                null,
                null);
        ModelServer server = ModelServer.start(Specs.with(
                base, new Model(Specs.model("identity.onnx").toString(), "7", null, "onnx", List.of(), List.of())));
        try (Caller c = new Caller(server.ports())) {
            c.awaitState("Failed");
            assertThat(c.status().getString("reason")).isEqualTo("SignatureMismatch");
            assertThat(c.status().getString("message")).contains("features.vector");
            Reply reply = c.predict("c-1", 1);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("ModelUnavailable");
        } finally {
            server.stop();
        }
    }

    @Test
    void aTakenPortIsSaid() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            ServingConfig c = config(Specs.model("score.onnx"), null);
            ServingConfig.Server s = c.server();
            ServingConfig clash = new ServingConfig(
                    c.namespace(),
                    c.name(),
                    c.variant(),
                    c.model(),
                    c.slo(),
                    new ServingConfig.Server(
                            taken.getLocalPort(), 0, 0, s.host(), 1, 1, 0, 1, 1, List.of("CPU"), 1_000),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
            assertThatThrownBy(() -> ModelServer.start(clash))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("server.restPort");
        }
    }

    /** The real process: its line on stdout, then SIGTERM under load. */
    @Test
    void sigtermFailsNoRequestThatReachedIt() throws Exception {
        try (ServerProcess server = ServerProcess.start(dir, config(Specs.model("score.onnx"), null))) {
            Process process = server.process();
            Ports ports = server.awaitReady();
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            AtomicBoolean closing = new AtomicBoolean();
            try (Caller c = new Caller(ports)) {
                Thread load = new Thread(() -> {
                    while (!stop.get()) {
                        try {
                            Reply reply = c.post("/v2/models/fraud/infer", BODY);
                            (reply.status() == 200 ? answered : failed).incrementAndGet();
                            if (reply.response()
                                    .headers()
                                    .firstValue("connection")
                                    .isPresent()) {
                                closing.set(true);
                                // told to go elsewhere: a balancer would send nothing more here
                                return;
                            }
                        } catch (IOException e) {
                            failed.incrementAndGet();
                            return;
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                });
                load.start();
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() > 20);
                long begin = System.nanoTime();
                process.destroy();
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(closing::get);
                load.join(30_000);
                stop.set(true);
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                System.out.printf(
                        "drained after %.0f ms, %d answered, %d failed%n",
                        (System.nanoTime() - begin) / 1e6, answered.get(), failed.get());
                assertThat(failed.get()).isZero();
            }
        }
    }

    @Test
    void aDocumentWithATypoIsRefused() throws Exception {
        Path document = dir.resolve("serving.json");
        Files.writeString(document, "{\"nmae\":\"x\"}");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.millrace.server.Main",
                        "--config",
                        document.toString())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(text).contains("nmae").doesNotContain("\tat ");
    }
}
