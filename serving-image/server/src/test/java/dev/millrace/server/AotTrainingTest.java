package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.RequestField;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What {@code add-aot} trains with is a document of this version, for the model that it takes, and uses what a document can say. */
class AotTrainingTest {
    @Test
    void documentIsOfThisVersion() throws Exception {
        ServingConfig config = Json.read(Files.readString(Path.of("src/aot/serving.json")), ServingConfig.class);
        Features features = Objects.requireNonNull(config.features());
        assertThat(config.kafka()).isNotNull();
        assertThat(config.logger()).isNotNull();
        assertThat(config.fallback()).isNotNull();
        assertThat(config.threshold()).isNotNull();

        String script = Files.readString(Path.of("add-aot"));
        assertThat(script).contains("/v2/models/" + config.name());
        assertThat(features.entities().get(0).keys())
                .extracting(EntityKey::name)
                .allSatisfy(key -> assertThat(script).contains("{\"" + key + "\""));
        assertThat(features.request())
                .filteredOn(RequestField::required)
                .extracting(RequestField::name)
                .allSatisfy(field -> assertThat(script).contains("{\"" + field + "\""));
        assertThat(config.model().inputs().get(0).shape())
                .contains((long) features.vector().size());
    }
}
