package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.server.Traffic.Seen;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process whose mounted document names another model, with callers that never pause. */
class SwapIT {
    private static final byte[] SEVEN = TestModels.biased(-1);
    private static final byte[] EIGHT = TestModels.biased(2);

    @TempDir
    Path dir;

    private Path seven;
    private Path eight;

    @BeforeEach
    void models() throws IOException {
        seven = Files.createDirectories(dir.resolve("models/7")).resolve("model.onnx");
        eight = Files.createDirectories(dir.resolve("models/8")).resolve("model.onnx");
        Files.write(seven, SEVEN);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private ServingConfig config(Path model, String version, @Nullable String digest) {
        return Specs.with(
                Specs.config(null, null, null, null),
                new Model(model.toString(), version, digest, "onnx", List.of(), List.of()));
    }

    private void document(ServingConfig config) throws IOException {
        TestModels.put(
                dir.resolve("serving.json"), Json.write(config).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void awaitVersion(Caller c, String version) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> c.status().getString("version").equals(version));
    }

    private static JsonObject awaitReason(Caller c, String reason) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> reason.equals(c.status().getString("reason")));
        try {
            return c.status();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertServes(Caller c, String version) throws Exception {
        assertThat(c.status().getString("state")).isEqualTo("Ready");
        assertThat(c.status().getString("version")).isEqualTo(version);
        assertThat(c.get("/v2/health/ready").status()).isEqualTo(200);
        assertThat(c.post("/v2/models/fraud/infer", Traffic.BODY).body().getString("model_version"))
                .isEqualTo(version);
    }

    @Test
    void underTrafficNoRequestFailsAndEachIsAnsweredByTheVersionThatItNames() throws Exception {
        try (ServerProcess server = ServerProcess.start(dir, config(seven, "7", TestModels.digest(SEVEN)));
                Caller c = new Caller(server.awaitReady());
                Traffic traffic = new Traffic(c)) {
            Files.write(eight, EIGHT);
            for (String version : List.of("8", "7", "8")) {
                int before = traffic.answered();
                Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> traffic.answered() > before + 100);
                boolean old = version.equals("7");
                document(config(old ? seven : eight, version, TestModels.digest(old ? SEVEN : EIGHT)));
                awaitVersion(c, version);
            }
            int before = traffic.answered();
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> traffic.answered() > before + 100);
            assertServes(c, "8");
            c.awaitMetric(2, "millrace_model_swaps_total", "version=\"8\"", "result=\"done\"");
            assertThat(c.metric("millrace_model_ready", "version=\"8\"")).isEqualTo(1);
            c.awaitAtLeast(201, "millrace_requests_total", "version=\"8\"", "outcome=\"ok\"");
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> server.errors()
                    .contains("version 7 is closed"));
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            c.metricsPort("/metrics").lines())
                    .as("an old version measures nothing any more")
                    .noneMatch(l -> l.startsWith("millrace_scheduler_inflight{") && l.contains("version=\"7\"")));

            List<List<Seen>> seen = traffic.seen();
            assertThat(traffic.failures()).isEmpty();
            for (List<Seen> caller : seen) {
                assertThat(caller).hasSizeGreaterThan(100);
                long flips = 0;
                for (int i = 0; i < caller.size(); i++) {
                    Seen s = caller.get(i);
                    assertThat(s.score())
                            .as("the score of version %s", s.version())
                            .isCloseTo(sigmoid(s.version().equals("7") ? -1 : 2), Offset.offset(1e-5));
                    flips += i > 0 && !s.version().equals(caller.get(i - 1).version()) ? 1 : 0;
                }
                assertThat(flips).as("7, 8, 7, 8 and nothing between").isEqualTo(3);
                System.out.printf("%d answers, none failed%n", caller.size());
            }
        }
    }

    @Test
    void whatCannotBeLoadedIsSaidAndTheOldVersionGoesOn() throws Exception {
        try (ServerProcess server = ServerProcess.start(dir, config(seven, "7", null));
                Caller c = new Caller(server.awaitReady());
                Traffic traffic = new Traffic(c)) {
            document(config(eight, "8", TestModels.digest(EIGHT)));
            JsonObject missing = awaitReason(c, "ModelFileMissing");
            assertThat(missing.getString("message"))
                    .contains("version 8", eight.toString(), "version 7 keeps answering");
            assertServes(c, "7");

            TestModels.put(eight, SEVEN);
            JsonObject other = awaitReason(c, "SwapFailed");
            assertThat(other.getString("message")).contains("DigestMismatch", "model.digest", "version 7 keeps");
            assertServes(c, "7");
            c.awaitAtLeast(2, "millrace_model_swaps_total", "version=\"7\"", "result=\"failed\"");
            assertThat(c.metricsPort("/metrics")).as("it never answered").doesNotContain("version=\"8\"");

            // the file is put right: no one has to touch the document
            TestModels.put(eight, EIGHT);
            awaitVersion(c, "8");
            assertServes(c, "8");
            assertThat(c.status().getString("reason")).isNull();

            TestModels.put(seven, "this is no model".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            document(config(seven, "9", null));
            assertThat(awaitReason(c, "SwapFailed").getString("message")).contains("version 9", "ModelInvalid");
            assertServes(c, "8");

            document(Specs.with(
                    config(eight, "8", null),
                    new Model(Specs.model("identity.onnx").toString(), "9", null, "onnx", List.of(), List.of())));
            Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                            c.status().getString("message"))
                    .as("it has no output for the threshold")
                    .contains("SignatureMismatch", "postProcessing.threshold.output"));
            assertServes(c, "8");

            Files.writeString(dir.resolve("serving.json"), "{\"nmae\":1}");
            assertThat(awaitReason(c, "DocumentInvalid").getString("message")).contains("nmae");
            assertServes(c, "8");

            ServingConfig base = config(seven, "9", null);
            document(Specs.with(
                    base,
                    base.slo(),
                    new ServingConfig.Server(0, 0, 0, "127.0.0.1", 2, 4, 0, 64, 64, List.of("CPU"), 3_000)));
            assertThat(awaitReason(c, "RestartNeeded").getString("message")).contains("server changed");
            assertServes(c, "8");

            traffic.seen();
            assertThat(traffic.failures()).isEmpty();
        }
    }
}
