package dev.millrace.devkit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.devkit.load.LoadStats;
import dev.millrace.devkit.load.PredictAnswer;
import dev.millrace.devkit.load.PredictAnswer.Timings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final Target TARGET = new Target(
            "fraud",
            URI.create("http://127.0.0.1:8080"),
            URI.create("http://127.0.0.1:8081"),
            URI.create("http://127.0.0.1:9090/metrics"),
            null,
            "127.0.0.1:9092",
            "purchases",
            50,
            "99.9");
    private static final Histogram PIPELINE = new Histogram(Map.of(0.005, 50.0, 0.01, 100.0));

    private static PredictAnswer answer(
            @Nullable String label, @Nullable String fallback, List<String> stale, List<String> defaulted) {
        return new PredictAnswer(
                label, List.of(), null, fallback, stale, defaulted, new Timings(1, 0.5, 0.2, 0.1, 2), null);
    }

    private static LoadStats someOfEach() {
        LoadStats stats = new LoadStats();
        for (int i = 0; i < 900; i++) {
            stats.record(answer("approve", null, List.of(), List.of()), 2_000_000);
        }
        for (int i = 0; i < 90; i++) {
            stats.record(answer("review", null, List.of(), List.of()), 3_000_000);
        }
        for (int i = 0; i < 5; i++) {
            stats.record(answer("approve", null, List.of("purchases.count_5m"), List.of()), 3_000_000);
        }
        stats.record(answer("approve", null, List.of(), List.of("purchases.count_5m")), 80_000_000);
        stats.record(answer("approve", "Timeout", List.of(), List.of()), 90_000_000);
        return stats;
    }

    @Test
    void hasExactlyTheFieldsThatArePromised(@TempDir Path dir) throws Exception {
        Path file = dir.resolve("demo.json");
        Report.of(someOfEach().snapshot(), PIPELINE, 7.5, TARGET).write(file);
        JsonNode json = new ObjectMapper().readTree(Files.readString(file));
        assertThat(json.fieldNames())
                .toIterable()
                .containsExactly(
                        "requests",
                        "errors",
                        "rps",
                        "latencyMs",
                        "stagesMs",
                        "freshnessMs",
                        "answers",
                        "features",
                        "startupSeconds",
                        "endpoints");
        assertThat(json.get("latencyMs").fieldNames()).toIterable().containsExactly("p50", "p99", "p999");
        assertThat(json.get("stagesMs").fieldNames())
                .toIterable()
                .containsExactly("features", "queue", "inference", "postProcessing");
        json.get("stagesMs")
                .forEach(stage -> assertThat(stage.fieldNames()).toIterable().containsExactly("p50", "p99"));
        assertThat(json.get("freshnessMs").fieldNames()).toIterable().containsExactly("p50", "p99");
        assertThat(json.get("answers").toString()).isEqualTo("{\"approve\":906,\"review\":90,\"fallback\":1}");
        assertThat(json.get("features").toString()).isEqualTo("{\"hit\":990,\"default\":1,\"stale\":5}");
        assertThat(json.get("endpoints").fieldNames()).toIterable().containsExactly("rest", "grpc", "metrics");
        assertThat(json.get("requests").asLong()).isEqualTo(997);
        assertThat(json.get("startupSeconds").asDouble()).isEqualTo(7.5);
        assertThat(json.get("latencyMs").get("p999").asDouble()).isGreaterThan(79);
        assertThat(json.get("freshnessMs").get("p50").asDouble()).isEqualTo(5.0);
    }

    @Test
    void missedFiguresAreWarningsAndErrorsAreFailures() {
        Report report = Report.of(someOfEach().snapshot(), PIPELINE, 20, TARGET);
        assertThat(report.failures()).isEmpty();
        assertThat(report.warnings(50))
                .hasSize(2)
                .anyMatch(w -> w.contains("p99.9"))
                .anyMatch(w -> w.contains("20.0 s"));

        LoadStats broken = someOfEach();
        broken.record(
                new PredictAnswer(
                        null, List.of(), null, null, List.of(), List.of(), new Timings(0, 0, 0, 0, 0), "HTTP 503"),
                1);
        assertThat(Report.of(broken.snapshot(), PIPELINE, 5, TARGET).failures())
                .containsExactly("1 of 998 predictions were not answered");
    }

    @Test
    void anAggregatorThatWroteNothingIsAFailure() {
        assertThat(Report.of(someOfEach().snapshot(), new Histogram(Map.of()), 5, TARGET)
                        .failures())
                .containsExactly("the aggregator wrote no event to the store");
    }
}
