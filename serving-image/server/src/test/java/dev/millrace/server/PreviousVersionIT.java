package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.server.Caller.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new version that fails for some callers: the one before it answers them. */
class PreviousVersionIT {
    @TempDir
    Path dir;

    private ServingConfig config(TestStore store, Path model, String version) {
        Fallback fallback = new Fallback(
                List.of("ModelUnavailable", "Timeout"),
                List.of("PreviousVersion", "Default"),
                Specs.fallback().response());
        return Specs.with(
                Specs.config(
                        Specs.features(store.address(), Specs.purchases("Default", "Serve")), fallback, null, null),
                new Model(model.toString(), version, null, "onnx", List.of(), List.of()));
    }

    private void document(ServingConfig config) throws Exception {
        TestModels.put(dir.resolve("serving.json"), Json.write(config).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theVersionBeforeAnswersUntilTheNextSwapOrTheNextStart() throws Exception {
        Path seven = dir.resolve("7.onnx");
        Path eight = dir.resolve("8.onnx");
        Files.write(seven, TestModels.biased(-200));
        Files.write(eight, TestModels.fragile(2));
        try (TestStore store = TestStore.start(dir, TestStore.freePort())) {
            store.heartbeat(0);
            document(config(store, seven, "7"));
            ModelServer server = ModelServer.start(config(store, seven, "7"), dir.resolve("serving.json"));
            try (Caller c = new Caller(server.ports())) {
                c.awaitState("Ready");
                document(config(store, eight, "8"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> c.status().getString("version").equals("8"));
                Reply fine = c.predict("c-1", 1);
                assertThat(fine.body().getString("version")).isEqualTo("8");
                assertThat(Caller.text(fine, "flags", "fallback")).isEqualTo("null");

                Reply fails = c.predict("c-1", 100);
                assertThat(fails.status()).isEqualTo(200);
                assertThat(Caller.text(fails, "flags", "fallback")).isEqualTo("ModelUnavailable");
                assertThat(Caller.text(fails, "flags", "fallbackStep")).isEqualTo("PreviousVersion");
                assertThat(fails.body().getString("version"))
                        .as("the one that answered")
                        .isEqualTo("7");
                assertThat(Caller.prediction(fails)
                                .getJsonObject("outputs")
                                .getJsonArray("probabilities")
                                .getDouble(1))
                        .isCloseTo(0, Offset.offset(1e-6));
                c.awaitMetric(1, "millrace_fallbacks_total", "version=\"8\"", "reason=\"ModelUnavailable\"");
                assertThat(c.metric("millrace_fallback_steps_skipped_total", "version=\"8\""))
                        .isZero();
            } finally {
                server.stop();
            }

            ModelServer again = ModelServer.start(config(store, eight, "8"), dir.resolve("serving.json"));
            try (Caller c = new Caller(again.ports())) {
                c.awaitState("Ready");
                Reply fails = c.predict("c-1", 100);
                assertThat(Caller.text(fails, "flags", "fallbackStep")).isEqualTo("Default");
                assertThat(fails.body().getString("version")).isEqualTo("8");
                c.awaitMetric(1, "millrace_fallback_steps_skipped_total");
            } finally {
                again.stop();
            }
        }
    }
}
