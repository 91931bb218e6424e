package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that no machine has the memory for. */
class ModelTooLargeIT {
    @TempDir
    Path dir;

    @Test
    void isSaidWithItsNumbersAndTheProcessLives() throws Exception {
        Path file = dir.resolve("large.onnx");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            // a hole: it takes no room on the disk
            sparse.setLength(4L << 40);
        }
        ServingConfig config = Specs.with(
                Specs.config(null, null, null, null),
                new Model(file.toString(), "1", null, "onnx", List.of(), List.of()));
        ModelServer server = ModelServer.start(config);
        try (Caller c = new Caller(server.ports())) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                            c.status().getString("state"))
                    .isEqualTo("Failed"));
            assertThat(c.status().getString("reason")).isEqualTo("ModelInvalid");
            assertThat(c.status().getString("message")).contains("has 4194304 MiB", "memory", "left");
            Caller.Reply reply = c.post("/v2/models/fraud/infer", Traffic.BODY);
            assertThat(reply.status()).isEqualTo(503);
            assertThat(c.get("/v2/health/live").status()).isEqualTo(200);
            assertThat(c.metric("millrace_model_ready")).isZero();
        } finally {
            server.stop();
        }
    }
}
