package dev.millrace.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.status.ServerStatus.Events;
import dev.millrace.contract.status.ServerStatus.Sli;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerMetricsTest {
    private static ServingConfig config() {
        return new ServingConfig(
                "payments",
                "fraud",
                "stable",
                new Model("m", "7", null, "onnx", List.of(), List.of()),
                new Slo("99.9", 50, "99.95", new Budget(5, 5, 20, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 10, 10, List.of("CPU"), 1000),
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private static String scrape(ServerMetrics metrics) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.builder()
                    .build()
                    .write(out, metrics.registry().scrape());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static double slo(ServerMetrics metrics, String slo, String result) {
        return scrape(metrics)
                .lines()
                .filter(l -> l.startsWith("millrace_slo_events_total{")
                        && l.contains("slo=\"" + slo + "\"")
                        && l.contains("result=\"" + result + "\""))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' '))))
                .sum();
    }

    @ParameterizedTest
    @CsvSource({
        // outcome, seconds, latency good/bad, availability good/bad
        "OK, 0.05, 1, 0, 1, 0",
        "OK, 0.0501, 0, 1, 1, 0",
        "FALLBACK, 0.01, 1, 0, 1, 0",
        "FALLBACK_LATE, 0.01, 0, 1, 1, 0",
        "SHED, 0.01, 0, 1, 0, 1",
        "TIMEOUT, 0.05, 0, 1, 0, 1",
        "ERROR, 0.01, 0, 1, 0, 1",
        "INVALID, 0.01, 0, 0, 0, 0",
        "REJECTED, 0.01, 0, 0, 0, 0"
    })
    void anOutcomeIsGoodOrBad(
            Outcome outcome, double seconds, int latencyGood, int latencyBad, int availableGood, int availableBad) {
        ServerMetrics metrics = new ServerMetrics(config());
        assertThat(slo(metrics, "latency", "good")).isZero();
        metrics.request("rest", outcome, seconds);
        assertThat(slo(metrics, "latency", "good")).isEqualTo(latencyGood);
        assertThat(slo(metrics, "latency", "bad")).isEqualTo(latencyBad);
        assertThat(slo(metrics, "availability", "good")).isEqualTo(availableGood);
        assertThat(slo(metrics, "availability", "bad")).isEqualTo(availableBad);
        assertThat(scrape(metrics))
                .containsPattern("millrace_requests_total\\{[^}]*outcome=\"" + outcome.label() + "\"[^}]*} 1\\.0");
    }

    @Test
    void everyLabelSetIsThereFromTheStartWithTheSpecsOwnWords() {
        String text = scrape(new ServerMetrics(config()));
        assertThat(text)
                .contains("millrace_slo_events_total{model=\"fraud\",namespace=\"payments\",objective=\"99.9\","
                        + "result=\"good\",slo=\"latency\",threshold=\"0.05\",variant=\"stable\",version=\"7\"} 0.0")
                .containsPattern("slo_events_total\\{[^}]*objective=\"99\\.95\"[^}]*slo=\"availability\"")
                .containsPattern("millrace_fallbacks_total\\{[^}]*reason=\"FeatureStoreUnavailable\"[^}]*} 0\\.0")
                .containsPattern("millrace_request_duration_seconds_bucket\\{[^}]*stage=\"total\"[^}]*le=\"0\\.05\"")
                .containsPattern("millrace_slo_threshold_seconds\\{[^}]*} 0\\.05");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "0.1, 1", "10, 1", "10.5, 2", "NaN, 3"})
    void aBinIncludesItsUpperEdge(double value, int bin) {
        assertThat(DriftMetrics.bin(new double[] {0, 10}, value)).isEqualTo(bin);
    }

    @Test
    void driftCountsWhatTheReferenceNames() {
        ServerMetrics metrics = new ServerMetrics(config());
        DriftReference reference = new DriftReference(List.of(0.0, 10.0), List.of(0.2, 0.5, 0.2, 0.1), 1000);
        DriftMetrics drift = new DriftMetrics(metrics, List.of("other", "amount"), Map.of("amount", reference), 20);
        drift.observe(new double[] {1, 5});
        drift.observe(new double[] {1, Double.NaN});
        assertThat(scrape(metrics))
                .containsPattern("feature_observations_total\\{bin=\"1\",feature=\"amount\"[^}]*} 1\\.0")
                .containsPattern("feature_observations_total\\{bin=\"3\",feature=\"amount\"[^}]*} 1\\.0")
                .containsPattern("feature_reference_ratio\\{bin=\"1\",feature=\"amount\"[^}]*} 0\\.5")
                .doesNotContain("feature=\"other\"");
        assertThat(drift.now()).singleElement().satisfies(amount -> {
            assertThat(amount.feature()).isEqualTo("amount");
            assertThat(amount.counts()).containsExactly(0L, 1L, 0L, 1L);
            assertThat(amount.values()).isEqualTo(2);
            assertThat(amount.noise()).isGreaterThan(amount.psi());
        });
        DriftReference wrong = new DriftReference(List.of(0.0), List.of(1.0), 1);
        assertThatThrownBy(() -> new DriftMetrics(new ServerMetrics(config()), List.of("a"), Map.of("a", wrong), 1))
                .hasMessageContaining("a.ratios");
        DriftReference endless = new DriftReference(Collections.nCopies(49, 0.0), Collections.nCopies(51, 0.0), 1);
        assertThatThrownBy(() -> new DriftMetrics(new ServerMetrics(config()), List.of("a"), Map.of("a", endless), 1))
                .hasMessageContaining("a.edges");
    }

    @Test
    void theStatusTellsWhatTheCountersGainedLately() {
        AtomicLong now = new AtomicLong(7);
        ServerMetrics metrics = new ServerMetrics(config(), now::get);
        DriftReference reference = new DriftReference(List.of(), List.of(0.9, 0.1), 1000);
        DriftMetrics drift = new DriftMetrics(metrics, List.of("amount"), Map.of("amount", reference), 20);
        metrics.request("rest", Outcome.OK, 0.01);
        metrics.request("rest", Outcome.FALLBACK_LATE, 0.01);
        metrics.request("rest", Outcome.INVALID, 0.01);
        drift.observe(new double[] {1});
        assertThat(metrics.sli().now())
                .containsExactly(
                        new Sli("latency", "99.9", 50.0, new Events(1, 2), new Events(1, 2)),
                        new Sli("availability", "99.95", null, new Events(2, 2), new Events(2, 2)));
        for (int minute = 0; minute < 6; minute++) {
            now.addAndGet(Duration.ofMinutes(1).toNanos());
            metrics.sli().mark();
            drift.mark();
        }
        metrics.request("grpc", Outcome.ERROR, 0.01);
        assertThat(metrics.sli().now())
                .containsExactly(
                        new Sli("latency", "99.9", 50.0, new Events(0, 1), new Events(1, 3)),
                        new Sli("availability", "99.95", null, new Events(0, 1), new Events(2, 3)));
        assertThat(drift.now().get(0).values()).as("the alert looks back a day").isEqualTo(1);
        for (int hour = 0; hour < 25; hour++) {
            now.addAndGet(Duration.ofHours(1).toNanos());
            drift.mark();
        }
        assertThat(drift.now().get(0).values()).isZero();
    }
}
