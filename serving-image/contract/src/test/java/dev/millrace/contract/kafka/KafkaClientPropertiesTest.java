package dev.millrace.contract.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import java.io.IOException;
import java.io.StreamTokenizer;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaClientPropertiesTest {
    @TempDir
    Path dir;

    @BeforeEach
    void mount() throws IOException {
        mount("ca", "ca.crt", "CA\n");
        mount("client", "user.crt", "CHAIN\n");
        mount("client", "user.key", "KEY\n");
        mount("sasl", "username", "fraud\n");
        mount("sasl", "password", "s3cret\n");
    }

    private void mount(String secret, String file, String text) throws IOException {
        Files.createDirectories(dir.resolve(secret));
        Files.writeString(dir.resolve(secret).resolve(file), text);
    }

    private Kafka kafka(
            @Nullable String ca, @Nullable String client, @Nullable String mechanism, @Nullable String sasl) {
        return new Kafka("kafka:9092", path(ca), path(client), mechanism, path(sasl));
    }

    private @Nullable String path(@Nullable String secret) {
        return secret == null ? null : dir.resolve(secret).toString();
    }

    @ParameterizedTest
    @CsvSource({
        // ca, client, mechanism, credentials, security.protocol, login module
        ",,,, PLAINTEXT,",
        "ca,,,, SSL,",
        ", client,,, SSL,",
        "ca, client,,, SSL,",
        ",, PLAIN, sasl, SASL_PLAINTEXT, plain.PlainLoginModule",
        "ca,, PLAIN, sasl, SASL_SSL, plain.PlainLoginModule",
        "ca, client, SCRAM-SHA-256, sasl, SASL_SSL, scram.ScramLoginModule",
        ",, SCRAM-SHA-512, sasl, SASL_PLAINTEXT, scram.ScramLoginModule"
    })
    void whatTheDocumentSaysAndNothingElse(
            @Nullable String ca,
            @Nullable String client,
            @Nullable String mechanism,
            @Nullable String sasl,
            String protocol,
            @Nullable String module) {
        Map<String, Object> properties = KafkaClientProperties.of(kafka(ca, client, mechanism, sasl));
        assertThat(properties).containsEntry("bootstrap.servers", "kafka:9092");
        assertThat(properties).containsEntry("security.protocol", protocol);
        assertThat(properties.get("ssl.truststore.type")).isEqualTo(ca == null ? null : "PEM");
        assertThat(properties.get("ssl.truststore.certificates")).isEqualTo(ca == null ? null : "CA\n");
        assertThat(properties.get("ssl.keystore.type")).isEqualTo(client == null ? null : "PEM");
        assertThat(properties.get("ssl.keystore.certificate.chain")).isEqualTo(client == null ? null : "CHAIN\n");
        assertThat(properties.get("ssl.keystore.key")).isEqualTo(client == null ? null : "KEY\n");
        assertThat(properties.get("sasl.mechanism")).isEqualTo(mechanism);
        assertThat(properties.get("sasl.jaas.config"))
                .isEqualTo(
                        module == null
                                ? null
                                : "org.apache.kafka.common.security." + module
                                        + " required username=\"fraud\" password=\"s3cret\";");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain        | plain",
                "with \" one  | with \\\" one",
                "\"           | \\\"",
                "back\\slash  | back\\\\slash",
                "ends\\       | ends\\\\",
                "\\\"         | \\\\\\\"",
                "a;b=c //d    | a;b=c //d",
                "` spaces `   | ` spaces `",
                "pässwörd€    | pässwörd€"
            })
    void aPasswordIsWhatTheFileHolds(String password, String inJaas) throws IOException {
        mount("sasl", "password", password + "\n");
        String jaas = String.valueOf(
                KafkaClientProperties.of(kafka(null, null, "PLAIN", "sasl")).get("sasl.jaas.config"));
        assertThat(jaas).endsWith(" password=\"" + inJaas + "\";");
        assertThat(parsed(jaas.substring(jaas.indexOf("password=") + "password=".length())))
                .isEqualTo(password);
    }

    @Property
    void everyTextIsReadBack(@ForAll String text) {
        assertThat(parsed(KafkaClientProperties.quoted(text) + ";")).isEqualTo(text);
    }

    /** As Kafka's JaasConfig reads a value. */
    private static String parsed(String quoted) {
        StreamTokenizer tokens = new StreamTokenizer(new StringReader(quoted));
        tokens.slashSlashComments(true);
        tokens.slashStarComments(true);
        tokens.wordChars('-', '-');
        tokens.wordChars('_', '_');
        tokens.wordChars('$', '$');
        try {
            assertThat(tokens.nextToken()).isEqualTo('"');
            String value = tokens.sval;
            assertThat(tokens.nextToken()).isEqualTo(';');
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> KafkaClientProperties.of(kafka("nowhere", null, null, null)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(dir.resolve("nowhere").resolve("ca.crt").toString());
        assertThatThrownBy(() -> KafkaClientProperties.of(kafka(null, null, "PLAIN", null)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kafka.credentialsDir");
        assertThatThrownBy(() -> KafkaClientProperties.of(kafka(null, null, "GSSAPI", "sasl")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("kafka.mechanism: GSSAPI");
    }
}
