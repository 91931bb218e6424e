package dev.millrace.server;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.contract.config.ServingConfig.DriftReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the baseline that is shipped beside a model: an object of vector entry to its reference distribution. */
final class DriftBaseline {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private DriftBaseline() {}

    /**
     * @throws IllegalArgumentException when there is no such file or it is of another form
     */
    static Map<String, DriftReference> read(String path) {
        Map<String, DriftReference> references;
        try {
            references = MAPPER.readValue(Files.readString(Path.of(path)), new TypeReference<>() {});
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + path + ": " + e.getMessage(), e);
        }
        references.forEach((name, reference) -> {
            if (reference == null || !isWhole(reference.edges()) || !isWhole(reference.ratios())) {
                throw new IllegalArgumentException(path + ": " + name + " needs edges, ratios and samples");
            }
        });
        return references;
    }

    private static boolean isWhole(@Nullable List<Double> numbers) {
        return numbers != null && numbers.stream().allMatch(n -> n != null && Double.isFinite(n));
    }
}
