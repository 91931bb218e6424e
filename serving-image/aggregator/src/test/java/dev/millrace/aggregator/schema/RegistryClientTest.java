package dev.millrace.aggregator.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.TestRegistry;
import dev.millrace.aggregator.TestRegistry.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a registry answers, and what becomes of it when it does not. */
class RegistryClientTest {
    private static final String AVRO =
            "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"n\",\"type\":\"int\"}]}";

    @TempDir
    Path dir;

    @Test
    void aSchemaComesWithWhatItRefersToEachBehindItsOwn() throws Exception {
        try (TestRegistry registry = new TestRegistry()) {
            registry.schema(3, "PROTOBUF", "main", new Reference("b.proto", "shop/b"), new Reference("a.proto", "a"));
            registry.subject("shop%2Fb", "PROTOBUF", "text of b", new Reference("a.proto", "a"));
            registry.subject("a", "PROTOBUF", "text of a");
            SchemaText schema = new RegistryClient(registry.url() + "/", null).fetch(3);
            assertThat(schema.type()).isEqualTo("PROTOBUF");
            assertThat(schema.text()).isEqualTo("main");
            assertThat(schema.references())
                    .containsExactly(
                            new SchemaText.Reference("a.proto", "text of a"),
                            new SchemaText.Reference("b.proto", "text of b"));
            registry.schema(4, null, AVRO);
            assertThat(new RegistryClient(registry.url(), null).fetch(4).type()).isEqualTo("AVRO");
        }
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        String url;
        try (TestRegistry registry = new TestRegistry(0, "reader:secret")) {
            url = registry.url();
            registry.schema(3, null, AVRO, new Reference("x", "gone"));
            assertThatThrownBy(() -> new RegistryClient(url, null).fetch(3))
                    .isInstanceOf(SchemaUnavailableException.class)
                    .hasMessage("registry " + url + " refuses us (401); check kafka.schemaRegistry.secretRef");
            RegistryClient client = new RegistryClient(url, dir.toString());
            assertThatThrownBy(() -> client.fetch(3)).hasMessageContaining("(401)");
            Files.writeString(dir.resolve("username"), "reader\n");
            Files.writeString(dir.resolve("password"), "secret\n");
            assertThatThrownBy(() -> client.fetch(7))
                    .isInstanceOf(SchemaUnavailableException.class)
                    .hasMessage("registry " + url + " does not have schema 7 (404); register it there");
            assertThatThrownBy(() -> client.fetch(3)).hasMessageContaining("version 1 of subject 'gone'");
        }
        assertThatThrownBy(() -> new RegistryClient(url, null).fetch(3))
                .isInstanceOf(SchemaUnavailableException.class)
                .hasMessageStartingWith("registry " + url + " cannot be asked: ");
    }

    @Test
    void anIdIsAskedForUntilItIsKnownAndNeverAgain() throws Exception {
        try (TestRegistry registry = new TestRegistry();
                SchemaCache cache = new SchemaCache(
                        new RegistryClient(registry.url(), null), SchemaFormat.AVRO, Duration.ofMillis(20))) {
            assertThat(cache.get(5)).isNull();
            await("three questions").atMost(Duration.ofSeconds(60)).until(() -> registry.questions() >= 3);
            assertThat(cache.trouble(5)).contains("does not have schema 5");
            registry.schema(5, null, AVRO);
            await("the schema").atMost(Duration.ofSeconds(60)).until(() -> cache.get(5) != null);
            assertThat(Objects.requireNonNull(cache.get(5)).read(new byte[] {14}, 0))
                    .isEqualTo(Map.of("n", 7L));
            int asked = registry.questions();
            registry.close();
            assertThat(cache.get(5)).isNotNull();
            assertThat(registry.questions()).isEqualTo(asked);
        }
    }
}
