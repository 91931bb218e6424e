package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Drift;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /millrace/status} tells of the requests: good and bad for the SLO, and how the features are distributed. */
class StatusWindowsIT {
    @TempDir
    Path dir;

    private TestStore store;

    @BeforeEach
    void startStore() throws IOException {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void tellsOfMissedObjectivesAndOfShiftedFeatures() throws Exception {
        Path baseline = dir.resolve("baseline.json");
        Files.writeString(
                baseline,
                """
                {"amount": {"edges": [100, 1000], "ratios": [0.8, 0.2, 0, 0], "samples": 5000},
                 "nobody.knows": {"edges": [1], "ratios": [0.5, 0.5, 0], "samples": 5000}}
                """);
        try (Running server = new Running(config(baseline))) {
            Caller c = server.caller();
            assertThat(c.status().getString("variant")).isEqualTo("stable");
            assertSli(c, "latency", 0, 0);
            assertThat(amount(c).getInteger("values")).as("the warm-up's calls").isZero();

            for (int i = 0; i < 10; i++) {
                assertThat(c.predict("c-1", i < 8 ? 50 : 500).status()).isEqualTo(200);
            }
            assertSli(c, "latency", 10, 10);
            assertSli(c, "availability", 10, 10);
            assertThat(amount(c).getJsonArray("counts")).isEqualTo(new JsonArray("[8, 2, 0, 0]"));
            double asTrained = amount(c).getDouble("psi");

            for (int i = 0; i < 30; i++) {
                c.predict("c-1", 5_000);
            }
            assertThat(amount(c).getJsonArray("counts")).isEqualTo(new JsonArray("[8, 2, 30, 0]"));
            assertThat(amount(c).getInteger("values")).isEqualTo(40);
            assertThat(amount(c).getDouble("psi")).isGreaterThan(1).isGreaterThan(10 * asTrained);
            assertThat(amount(c).getDouble("noise")).as("few values").isGreaterThan(0.2);
            assertThat(amount(c).getJsonObject("reference").getJsonArray("ratios"))
                    .isEqualTo(new JsonArray("[0.8, 0.2, 0.0, 0.0]"));

            store.freeze();
            for (int i = 0; i < 3; i++) {
                c.post(
                        "/v2/models/fraud/predict",
                        "{\"entities\":[{\"customer_id\":\"c\"}],\"inputs\":{\"amount\":1},\"timeoutMs\":4}");
            }
            store.thaw();
            assertSli(c, "latency", 40, 43);
            assertSli(c, "availability", 43, 43);
            // the same story as the metrics
            c.awaitMetric(3, "millrace_slo_events_total", "slo=\"latency\"", "result=\"bad\"");
            c.awaitMetric(30, "millrace_feature_observations_total", "bin=\"2\"", "feature=\"amount\"");
        }
    }

    @Test
    void saysWhyNothingIsCounted() throws Exception {
        Path baseline = dir.resolve("baseline.json");
        assertProblem(baseline, "cannot read " + baseline);
        Files.writeString(baseline, "{\"amount\": {\"edges\": [100]}}");
        assertProblem(baseline, "amount needs edges, ratios and samples");
        Files.writeString(baseline, "{\"amount\": {\"edges\": [100], \"ratios\": [1], \"samples\": 5}}");
        assertProblem(baseline, "amount.ratios");
        Files.writeString(baseline, "{}");
        assertProblem(baseline, "names no entry of features.vector");
    }

    private void assertProblem(Path baseline, String words) throws Exception {
        try (Running server = new Running(config(baseline))) {
            JsonObject drift = server.caller().status().getJsonObject("drift");
            assertThat(drift.getString("problem"))
                    .startsWith("monitoring.drift.baseline: ")
                    .contains(words);
            assertThat(drift.getJsonArray("features")).isEmpty();
            assertThat(server.caller().predict("c-1", 1).status()).isEqualTo(200);
        }
    }

    private static void assertSli(Caller c, String slo, int good, int total) throws Exception {
        JsonArray all = c.status().getJsonArray("sli");
        JsonObject sli = all.getJsonObject(slo.equals("latency") ? 0 : 1);
        assertThat(sli.getString("slo")).isEqualTo(slo);
        assertThat(sli.getString("objective")).isEqualTo("99.9");
        for (String window : new String[] {"lastFiveMinutes", "lastHour"}) {
            assertThat(sli.getJsonObject(window).getInteger("good")).as(slo).isEqualTo(good);
            assertThat(sli.getJsonObject(window).getInteger("total")).as(slo).isEqualTo(total);
        }
    }

    private static JsonObject amount(Caller c) throws Exception {
        JsonArray features = c.status().getJsonObject("drift").getJsonArray("features");
        assertThat(features).hasSize(1);
        assertThat(features.getJsonObject(0).getString("feature")).isEqualTo("amount");
        return features.getJsonObject(0);
    }

    private ServingConfig config(Path baseline) {
        ServingConfig c = Specs.config(
                Specs.features(store.address(), Specs.purchases("Default", "Serve")),
                Specs.fallback("Timeout", "Overload"),
                null,
                null);
        return new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                c.model(),
                c.slo(),
                c.server(),
                c.kafka(),
                c.features(),
                c.requestCache(),
                c.threshold(),
                c.fallback(),
                c.logger(),
                new Drift(0.2, baseline.toString(), 20));
    }

    /** A ready server and who asks it. */
    private record Running(ModelServer server, Caller caller) implements AutoCloseable {
        Running(ServingConfig config) {
            this(ModelServer.start(config));
        }

        private Running(ModelServer server) {
            this(server, new Caller(server.ports()));
            caller.awaitState("Ready");
        }

        @Override
        public void close() {
            caller.close();
            server.stop();
        }
    }
}
