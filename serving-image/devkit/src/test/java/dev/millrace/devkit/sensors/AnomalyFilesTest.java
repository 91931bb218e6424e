package dev.millrace.devkit.sensors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.millrace.contract.config.FeatureGroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The files of {@code samples/anomaly-detection} belong together: what was trained is what is served. */
class AnomalyFilesTest {
    private static final Path SAMPLE = Path.of("..", "..", "samples", "anomaly-detection");

    private static JsonNode spec() throws Exception {
        return new ObjectMapper(new YAMLFactory())
                .readTree(Files.readString(SAMPLE.resolve("model.yaml")))
                .get("spec");
    }

    private static long millis(JsonNode duration) {
        return Duration.parse("PT" + duration.asText()).toMillis();
    }

    @Test
    void servesTheWindowsThatTheModelWasTrainedOn() throws Exception {
        List<FeatureGroup> groups = List.of(SensorFeatures.latest(), SensorFeatures.recent());
        assertThat(spec().at("/features/groups")).hasSameSizeAs(groups);
        for (int i = 0; i < groups.size(); i++) {
            FeatureGroup trained = groups.get(i);
            JsonNode served = spec().at("/features/groups/" + i);
            List<FeatureGroup.Aggregation> aggregations = new ArrayList<>();
            for (JsonNode a : served.get("aggregations")) {
                aggregations.add(new FeatureGroup.Aggregation(
                        a.get("name").asText(),
                        a.get("function").asText(),
                        a.has("column") ? a.get("column").asText() : null,
                        millis(a.get("timeWindow")),
                        a.has("args") ? Map.of("n", a.at("/args/n").asText()) : Map.of(),
                        a.get("default").asText()));
            }
            assertThat(aggregations).isEqualTo(trained.aggregations());
            FeatureGroup.Stream stream = Objects.requireNonNull(trained.stream());
            assertThat(served.get("name").asText()).isEqualTo(trained.name());
            assertThat(served.at("/stream/topic").asText()).isEqualTo(stream.topic());
            assertThat(served.at("/stream/eventTime/field").asText()).isEqualTo(stream.eventTimeField());
            assertThat(millis(served.at("/stream/eventTime/maxFuture"))).isEqualTo(stream.maxFutureMs());
            assertThat(millis(served.at("/stream/allowedLateness"))).isEqualTo(stream.allowedLatenessMs());
        }
        List<String> vector = new ArrayList<>();
        spec().at("/features/vector").forEach(entry -> vector.add(entry.asText()));
        assertThat(vector).isEqualTo(SensorFeatures.vector());
        assertThat(spec().at("/streamInference/input/topic").asText()).isEqualTo(SensorFeatures.READINGS);
    }

    @Test
    void namesTheCommittedModelByItsDigestAndAConfigMapCanCarryIt() throws Exception {
        byte[] model = Files.readAllBytes(SAMPLE.resolve("model.onnx"));
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
        assertThat(spec().at("/model/digest").asText()).isEqualTo("sha256:" + digest);
        assertThat(model.length + Files.size(SAMPLE.resolve("baseline.json"))).isLessThan(1 << 20);
    }

    @Test
    void theBaselineDescribesEveryEntryOfTheVector() throws Exception {
        JsonNode baseline = new ObjectMapper().readTree(Files.readString(SAMPLE.resolve("baseline.json")));
        assertThat(baseline.fieldNames()).toIterable().containsExactlyElementsOf(SensorFeatures.places());
        baseline.forEach(reference -> assertThat(reference.get("ratios"))
                .hasSize(reference.get("edges").size() + 2));
    }

    @Test
    void theThresholdsToCompareWithBoundEverySensor() throws Exception {
        assertThat(FixedThresholds.read(SAMPLE.resolve("thresholds.json")))
                .containsOnlyKeys(FixedThresholds.SAME_FAULTS_FOUND, FixedThresholds.SAME_FALSE_ALARMS)
                .allSatisfy((name, fixed) -> assertThat(fixed.bounds())
                        .allSatisfy((sensor, pair) -> assertThat(pair.get(0)).isLessThan(pair.get(1))));
    }
}
