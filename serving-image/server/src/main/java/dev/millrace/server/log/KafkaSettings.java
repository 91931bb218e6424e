package dev.millrace.server.log;

import dev.millrace.contract.config.Kafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Producer settings: bounded in time and memory, because a log must never cost a prediction. */
final class KafkaSettings {
    private KafkaSettings() {}

    /**
     * @throws IOException when a mounted secret cannot be read
     */
    static Map<String, Object> of(Kafka kafka) throws IOException {
        Map<String, Object> s = new HashMap<>();
        s.put("bootstrap.servers", kafka.bootstrapServers());
        s.put("client.id", "millrace-server");
        s.put("acks", "1");
        s.put("enable.idempotence", false);
        s.put("linger.ms", 20);
        // the sender thread waits so long for metadata or buffer; the queue before it is bounded
        s.put("max.block.ms", 1_000);
        s.put("request.timeout.ms", 5_000);
        s.put("delivery.timeout.ms", 15_000);
        s.put("buffer.memory", 8L << 20);
        s.put("reconnect.backoff.max.ms", 2_000);
        boolean tls = kafka.caDir() != null || kafka.clientDir() != null;
        boolean sasl = kafka.mechanism() != null;
        s.put("security.protocol", sasl ? (tls ? "SASL_SSL" : "SASL_PLAINTEXT") : tls ? "SSL" : "PLAINTEXT");
        if (kafka.caDir() != null) {
            s.put("ssl.truststore.type", "PEM");
            s.put("ssl.truststore.certificates", Files.readString(Path.of(kafka.caDir(), "ca.crt")));
        }
        if (kafka.clientDir() != null) {
            s.put("ssl.keystore.type", "PEM");
            s.put("ssl.keystore.certificate.chain", Files.readString(Path.of(kafka.clientDir(), "user.crt")));
            s.put("ssl.keystore.key", Files.readString(Path.of(kafka.clientDir(), "user.key")));
        }
        if (kafka.mechanism() != null) {
            s.put("sasl.mechanism", kafka.mechanism());
            if (kafka.credentialsDir() != null) {
                s.put("sasl.jaas.config", jaas(kafka.mechanism(), kafka.credentialsDir()));
            }
        }
        return s;
    }

    private static String jaas(String mechanism, String dir) throws IOException {
        String module = mechanism.startsWith("SCRAM")
                ? "org.apache.kafka.common.security.scram.ScramLoginModule"
                : "org.apache.kafka.common.security.plain.PlainLoginModule";
        return module + " required username=" + quoted(dir, "username") + " password=" + quoted(dir, "password") + ";";
    }

    private static String quoted(String dir, String file) throws IOException {
        String text = Files.readString(Path.of(dir, file)).strip();
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
