package dev.millrace.aggregator.stream;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/** A document's {@code kafka} as the properties that every Kafka client understands. */
final class KafkaProperties {
    private KafkaProperties() {}

    /** @throws ConfigException naming the file that cannot be read */
    static Map<String, Object> of(Kafka kafka) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        String mechanism = kafka.mechanism();
        String caDir = kafka.caDir();
        String clientDir = kafka.clientDir();
        boolean tls = caDir != null || clientDir != null;
        if (tls || mechanism != null) {
            properties.put(
                    CommonClientConfigs.SECURITY_PROTOCOL_CONFIG,
                    mechanism == null ? "SSL" : tls ? "SASL_SSL" : "SASL_PLAINTEXT");
        }
        if (caDir != null) {
            properties.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, "PEM");
            properties.put(
                    SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG,
                    Path.of(caDir, "ca.crt").toString());
        }
        if (clientDir != null) {
            properties.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, "PEM");
            properties.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, read(clientDir, "user.crt"));
            properties.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, read(clientDir, "user.key"));
        }
        if (mechanism != null) {
            properties.put(SaslConfigs.SASL_MECHANISM, mechanism);
            String directory = kafka.credentialsDir();
            if (directory == null) {
                throw new ConfigException("kafka.credentialsDir: mechanism " + mechanism + " needs it");
            }
            String module = mechanism.startsWith("SCRAM-") ? "scram.ScramLoginModule" : "plain.PlainLoginModule";
            properties.put(
                    SaslConfigs.SASL_JAAS_CONFIG,
                    "org.apache.kafka.common.security." + module + " required username=\""
                            + quoted(read(directory, "username")) + "\" password=\""
                            + quoted(read(directory, "password")) + "\";");
        }
        return properties;
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static String read(String directory, String file) {
        Path path = Path.of(directory, file);
        try {
            return Files.readString(path, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new ConfigException("kafka: cannot read " + path + ": " + e.getMessage(), e);
        }
    }
}
