package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.HttpCache;
import dev.millrace.contract.config.ServingConfig.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentWatchTest {
    @TempDir
    Path dir;

    private static ServingConfig keeping(HttpCache http) {
        return Specs.keeping(
                Specs.config(
                        Specs.features("redis://127.0.0.1:1", Specs.purchases("Default", "Serve")), null, null, null),
                new EntityCache(60_000, 100, null),
                http);
    }

    @Test
    void anotherModelIsFollowedAndKeepsTheRestOfTheDocument() throws Exception {
        ServingConfig started = keeping(new HttpCache(1_000, 0));
        Model eight = new Model("/models/8.onnx", "8", null, "onnx", List.of(), List.of());
        ServingConfig asked = started.withModel(eight);
        Path document = dir.resolve("serving.json");
        Files.writeString(document, Json.write(asked));
        DocumentWatch.State state = new DocumentWatch(started, document).look();
        assertThat(state.reason()).isNull();
        assertThat(state.config()).isEqualTo(asked);
        assertThat(asked.model()).isEqualTo(eight);
        assertThat(asked.httpCache()).isEqualTo(started.httpCache());
        assertThat(asked.entityCache()).isEqualTo(started.entityCache());

        Files.writeString(document, Json.write(keeping(new HttpCache(2_000, 0))));
        DocumentWatch.State other = new DocumentWatch(started, document).look();
        assertThat(other.reason()).isEqualTo("RestartNeeded");
        assertThat(other.message()).contains(": httpCache changed");
    }
}
