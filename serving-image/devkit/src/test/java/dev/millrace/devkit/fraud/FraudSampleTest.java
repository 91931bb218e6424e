package dev.millrace.devkit.fraud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.millrace.contract.config.FeatureGroup;
import java.io.StringWriter;
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

/** The files of {@code samples/fraud} belong together: what was trained is what is served. */
class FraudSampleTest {
    private static final Path SAMPLE = Path.of("..", "..", "samples", "fraud");

    private static JsonNode spec() throws Exception {
        return new ObjectMapper(new YAMLFactory())
                .readTree(Files.readString(SAMPLE.resolve("model.yaml")))
                .get("spec");
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static long millis(JsonNode duration) {
        String text = duration.asText();
        return text.endsWith("d")
                ? Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)))
                        .toMillis()
                : Duration.parse("PT" + text).toMillis();
    }

    @Test
    void servesTheWindowsThatTheModelWasTrainedOn() throws Exception {
        JsonNode served = spec().at("/features/groups/0");
        FeatureGroup trained = FraudFeatures.purchases();
        List<FeatureGroup.Aggregation> aggregations = new ArrayList<>();
        served.get("aggregations")
                .forEach(a -> aggregations.add(new FeatureGroup.Aggregation(
                        a.get("name").asText(),
                        a.get("function").asText(),
                        a.has("column") ? a.get("column").asText() : null,
                        millis(a.get("timeWindow")),
                        Map.of(),
                        a.get("default").asText())));
        assertThat(aggregations).isEqualTo(trained.aggregations());
        FeatureGroup.Stream stream = Objects.requireNonNull(trained.stream());
        assertThat(served.at("/stream/filter").asText()).isEqualTo(stream.filter());
        assertThat(served.at("/stream/topic").asText()).isEqualTo(stream.topic());
        assertThat(served.at("/stream/eventTime/field").asText()).isEqualTo(stream.eventTimeField());
        assertThat(millis(served.at("/stream/eventTime/maxFuture"))).isEqualTo(stream.maxFutureMs());
        assertThat(millis(served.at("/stream/allowedLateness"))).isEqualTo(stream.allowedLatenessMs());
        assertThat(texts(spec().at("/features/vector"))).isEqualTo(FraudFeatures.vector());
    }

    @Test
    void namesTheCommittedModelByItsDigestAndAConfigMapCanCarryIt() throws Exception {
        byte[] model = Files.readAllBytes(SAMPLE.resolve("model.onnx"));
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
        assertThat(spec().at("/model/digest").asText()).isEqualTo("sha256:" + digest);
        assertThat(model.length + Files.size(SAMPLE.resolve("baseline.json"))).isLessThan(1 << 20);
        assertThat(Files.size(SAMPLE.resolve("profile.csv"))).isLessThan(1 << 18);
    }

    @Test
    void theProfileIsThatOfTheGeneratorsCustomers() throws Exception {
        StringWriter profile = new StringWriter();
        Population.sample().writeProfile(profile);
        assertThat(Files.readString(SAMPLE.resolve("profile.csv"))).isEqualTo(profile.toString());
    }

    @Test
    void theBaselineDescribesEveryEntryOfTheVector() throws Exception {
        JsonNode baseline = new ObjectMapper().readTree(Files.readString(SAMPLE.resolve("baseline.json")));
        assertThat(baseline.fieldNames()).toIterable().containsExactlyElementsOf(FraudFeatures.vector());
        baseline.forEach(reference -> {
            // one ratio for each bin between and beyond the edges, and one for null
            assertThat(reference.get("ratios")).hasSize(reference.get("edges").size() + 2);
            double sum = 0;
            for (JsonNode ratio : reference.get("ratios")) {
                assertThat(ratio.asDouble()).isGreaterThanOrEqualTo(1e-4);
                sum += ratio.asDouble();
            }
            assertThat(sum).isBetween(0.99, 1.01);
            assertThat(reference.get("samples").asLong()).isGreaterThan(100_000);
        });
    }
}
