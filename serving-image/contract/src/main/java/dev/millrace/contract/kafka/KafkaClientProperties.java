package dev.millrace.contract.kafka;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Kafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A document's {@code kafka} as the properties that every Kafka client understands: producer, consumer, admin, streams. The
 * secrets are read when it is called, so a client that is made anew takes what was rotated.
 */
public final class KafkaClientProperties {
    private static final String MODULES = "org.apache.kafka.common.security.";

    private KafkaClientProperties() {}

    /**
     * @throws ConfigException naming the field, or the file that cannot be read
     */
    public static Map<String, Object> of(Kafka kafka) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", kafka.bootstrapServers());
        String mechanism = kafka.mechanism();
        String caDir = kafka.caDir();
        String clientDir = kafka.clientDir();
        boolean tls = caDir != null || clientDir != null;
        properties.put(
                "security.protocol",
                mechanism == null ? (tls ? "SSL" : "PLAINTEXT") : tls ? "SASL_SSL" : "SASL_PLAINTEXT");
        if (caDir != null) {
            properties.put("ssl.truststore.type", "PEM");
            properties.put("ssl.truststore.certificates", read(caDir, "ca.crt"));
        }
        if (clientDir != null) {
            properties.put("ssl.keystore.type", "PEM");
            properties.put("ssl.keystore.certificate.chain", read(clientDir, "user.crt"));
            properties.put("ssl.keystore.key", read(clientDir, "user.key"));
        }
        if (mechanism != null) {
            properties.put("sasl.mechanism", mechanism);
            properties.put("sasl.jaas.config", jaas(mechanism, kafka.credentialsDir()));
        }
        return properties;
    }

    private static String jaas(String mechanism, @Nullable String dir) {
        String module;
        if (mechanism.equals("PLAIN")) {
            module = "plain.PlainLoginModule";
        } else if (mechanism.startsWith("SCRAM-")) {
            module = "scram.ScramLoginModule";
        } else {
            throw new ConfigException(
                    "kafka.mechanism: " + mechanism + " is none of PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512");
        }
        if (dir == null) {
            throw new ConfigException("kafka.credentialsDir: mechanism " + mechanism + " needs it");
        }
        return MODULES + module + " required username=" + quoted(line(dir, "username")) + " password="
                + quoted(line(dir, "password")) + ";";
    }

    /** As the parser of a JAAS configuration reads it back: it knows the escapes of Java, and a line break ends a text. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Without the line break that an editor or {@code echo} adds; spaces may be part of a password. */
    private static String line(String dir, String file) {
        String text = read(dir, file);
        return text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    private static String read(String dir, String file) {
        Path path = Path.of(dir, file);
        try {
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ConfigException("kafka: cannot read " + path + ": " + e, e);
        }
    }
}
