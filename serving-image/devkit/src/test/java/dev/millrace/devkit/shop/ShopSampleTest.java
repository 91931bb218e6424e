package dev.millrace.devkit.shop;

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

/** The files of {@code samples/recommendations} belong together: what was trained is what is served. */
class ShopSampleTest {
    private static final Path SAMPLE = Path.of("..", "..", "samples", "recommendations");

    private static JsonNode spec() throws Exception {
        return new ObjectMapper(new YAMLFactory())
                .readTree(Files.readString(SAMPLE.resolve("model.yaml")))
                .get("spec");
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
        for (FeatureGroup trained : List.of(ShopFeatures.interests(), ShopFeatures.demand())) {
            JsonNode served = null;
            for (JsonNode group : spec().at("/features/groups")) {
                served = group.get("name").asText().equals(trained.name()) ? group : served;
            }
            assertThat(served).isNotNull();
            List<FeatureGroup.Aggregation> aggregations = new ArrayList<>();
            for (JsonNode a : Objects.requireNonNull(served).get("aggregations")) {
                aggregations.add(new FeatureGroup.Aggregation(
                        a.get("name").asText(),
                        a.get("function").asText(),
                        a.get("column").asText(),
                        millis(a.get("timeWindow")),
                        Map.of(),
                        a.get("default").asText()));
            }
            assertThat(aggregations).isEqualTo(trained.aggregations());
            FeatureGroup.Stream stream = Objects.requireNonNull(trained.stream());
            assertThat(served.get("entity").asText()).isEqualTo(trained.entity());
            assertThat(served.at("/stream/topic").asText()).isEqualTo(stream.topic());
            assertThat(served.at("/stream/eventTime/field").asText()).isEqualTo(stream.eventTimeField());
            assertThat(millis(served.at("/stream/allowedLateness"))).isEqualTo(stream.allowedLatenessMs());
        }
        List<String> vector = new ArrayList<>();
        spec().at("/candidates/vector").forEach(entry -> vector.add(entry.asText()));
        assertThat(vector).isEqualTo(ShopFeatures.vector());
    }

    @Test
    void namesTheCommittedModelByItsDigestAndAConfigMapCanCarryIt() throws Exception {
        byte[] model = Files.readAllBytes(SAMPLE.resolve("model.onnx"));
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
        assertThat(spec().at("/model/digest").asText()).isEqualTo("sha256:" + digest);
        assertThat(model.length + Files.size(SAMPLE.resolve("baseline.json"))).isLessThan(1 << 20);
        assertThat(Files.size(SAMPLE.resolve("catalogue.csv"))).isLessThan(1 << 18);
    }

    @Test
    void theCatalogueIsThatOfTheGeneratorsItems() throws Exception {
        StringWriter catalogue = new StringWriter();
        Shop.sample().writeCatalogue(catalogue);
        assertThat(Files.readString(SAMPLE.resolve("catalogue.csv"))).isEqualTo(catalogue.toString());
    }

    @Test
    void theBaselineDescribesEveryEntryOfTheVector() throws Exception {
        JsonNode baseline = new ObjectMapper().readTree(Files.readString(SAMPLE.resolve("baseline.json")));
        assertThat(baseline.fieldNames()).toIterable().containsExactlyElementsOf(ShopFeatures.vector());
        baseline.forEach(reference -> {
            // one ratio for each bin between and beyond the edges, and one for null
            assertThat(reference.get("ratios")).hasSize(reference.get("edges").size() + 2);
            assertThat(reference.get("samples").asLong()).isGreaterThan(100_000);
        });
    }
}
