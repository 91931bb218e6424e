package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ModelSource;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server and the loader beside it, as two processes with one volume: what a pod does when its documents change. */
class LoaderIT {
    private static final byte[] SEVEN = TestModels.biased(-1);
    private static final byte[] EIGHT = TestModels.biased(2);

    @TempDir
    Path dir;

    private Path target(byte[] content) {
        return dir.resolve("models").resolve(TestModels.digest(content).substring("sha256:".length()) + ".onnx");
    }

    private ServingConfig config(byte[] content, String version) {
        return Specs.with(
                Specs.config(null, null, null, null),
                new Model(
                        target(content).toString(), version, TestModels.digest(content), "onnx", List.of(), List.of()));
    }

    /** Both documents, as a mounted ConfigMap changes. */
    private void ask(Path source, byte[] content, String version) throws IOException {
        TestModels.put(
                dir.resolve("serving.json"),
                Json.write(config(content, version)).getBytes(StandardCharsets.UTF_8));
        ModelSource asked = new ModelSource(
                null,
                source.toString(),
                TestModels.digest(content),
                target(content).toString());
        TestModels.put(dir.resolve("model.json"), Json.write(asked).getBytes(StandardCharsets.UTF_8));
    }

    private Process loader() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx32m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.millrace.server.loader.Main",
                        "--watch",
                        dir.resolve("model.json").toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("loader.log").toFile());
        return builder.start();
    }

    private static void awaitSaid(Caller c, String field, String value) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> String.valueOf(c.status().getString(field)).contains(value));
    }

    @Test
    void theServerWaitsForItsFileAndTakesTheNextOneWhenItIsRight() throws Exception {
        Path seven = Files.write(dir.resolve("7.onnx"), SEVEN);
        Path eight = Files.write(dir.resolve("8.onnx"), SEVEN);
        ask(seven, SEVEN, "7");
        Process loader = loader();
        try (ServerProcess server = ServerProcess.start(dir, config(SEVEN, "7"));
                Caller c = new Caller(server.awaitReady());
                Traffic traffic = new Traffic(c)) {
            assertThat(c.status().getString("version")).isEqualTo("7");

            ask(eight, EIGHT, "8");
            awaitSaid(c, "reason", "SwapFailed");
            assertThat(c.status().getString("message"))
                    .as("in the loader's words")
                    .startsWith("version 8: DigestMismatch: model.digest: the spec says " + TestModels.digest(EIGHT))
                    .contains(eight.toString(), "version 7 keeps answering");
            assertThat(c.status().getString("version")).isEqualTo("7");
            assertThat(c.status().getString("state")).isEqualTo("Ready");

            TestModels.put(eight, EIGHT);
            awaitSaid(c, "version", "8");
            assertThat(c.status().getString("reason")).isNull();
            // the one before is still there: back without its source
            Files.delete(seven);
            ask(seven, SEVEN, "7");
            awaitSaid(c, "version", "7");
            assertThat(traffic.seen()).isNotEmpty();
            assertThat(traffic.failures()).isEmpty();
        } finally {
            loader.destroyForcibly();
        }
    }
}
