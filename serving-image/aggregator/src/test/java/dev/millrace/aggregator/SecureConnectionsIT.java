package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.forward.Forwarder;
import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ForwardConfig;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.Store;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Listener;
import dev.millrace.devkit.machine.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker and a store that ask who is there, with what is asked for mounted as files, as in a cluster. */
class SecureConnectionsIT {
    /** What JAAS would take for the end of a string must be quoted. */
    private static final String KAFKA_PASSWORD = "kafka \"pass\" \\word";

    private static final String STORE_PASSWORD = "store-pass";
    private static final Tuning TUNING = Tuning.defaults().withRetry(Duration.ofMillis(300));

    /** Each a listener of the broker. */
    enum Door {
        /** SASL PLAIN, not encrypted. */
        PASSWORD("SASL_PLAINTEXT"),
        /** SASL SCRAM over TLS. */
        SCRAM("SASL_SSL"),
        /** TLS with a certificate of the client. */
        MUTUAL("SSL");

        final int port = Ports.free();
        final String protocol;

        Door(String protocol) {
            this.protocol = protocol;
        }

        Kafka kafka(Path credentials) {
            String servers = "127.0.0.1:" + port;
            String ca = keys.resolve("ca").toString();
            return switch (this) {
                case PASSWORD -> new Kafka(servers, null, null, "PLAIN", credentials.toString());
                case SCRAM -> new Kafka(servers, ca, null, "SCRAM-SHA-512", credentials.toString());
                case MUTUAL -> new Kafka(servers, ca, keys.resolve("client").toString(), null, null);
            };
        }
    }

    @TempDir
    static Path keys;

    @TempDir
    Path dir;

    private static Bench bench;
    private static TlsProxy storeDoor;

    @BeforeAll
    static void start() throws Exception {
        TestKeys server = TestKeys.make(keys, "server");
        TestKeys client = TestKeys.make(keys, "client");
        server.caDir(keys.resolve("ca"));
        client.clientDir(keys.resolve("client"));
        Map<String, String> settings = new HashMap<>();
        String jaas = "org.apache.kafka.common.security.";
        settings.put("listener.name.password.sasl.enabled.mechanisms", "PLAIN");
        settings.put(
                "listener.name.password.plain.sasl.jaas.config",
                jaas + "plain.PlainLoginModule required user_millrace=\""
                        + KAFKA_PASSWORD.replace("\\", "\\\\").replace("\"", "\\\"") + "\";");
        settings.put("listener.name.scram.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put("listener.name.scram.scram-sha-512.sasl.jaas.config", jaas + "scram.ScramLoginModule required;");
        for (String door : List.of("scram", "mutual")) {
            settings.put("listener.name." + door + ".ssl.keystore.type", "PKCS12");
            settings.put(
                    "listener.name." + door + ".ssl.keystore.location",
                    server.keyStoreFile().toString());
            settings.put("listener.name." + door + ".ssl.keystore.password", TestKeys.PASSWORD);
            settings.put("listener.name." + door + ".ssl.key.password", TestKeys.PASSWORD);
        }
        settings.put("listener.name.mutual.ssl.client.auth", "required");
        settings.put("listener.name.mutual.ssl.truststore.type", "PKCS12");
        settings.put(
                "listener.name.mutual.ssl.truststore.location",
                client.trustStoreFile().toString());
        settings.put("listener.name.mutual.ssl.truststore.password", TestKeys.PASSWORD);
        Listener[] doors = java.util.Arrays.stream(Door.values())
                .map(door -> new Listener(door.name(), door.protocol, door.port))
                .toArray(Listener[]::new);
        bench = new Bench(EmbeddedBroker.Options.defaults().withExtra(settings).withGuarded(doors), STORE_PASSWORD);
        storeDoor = new TlsProxy(server.serverContext(), bench.store().port());
        try (Admin admin = bench.broker.admin()) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "millrace", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), KAFKA_PASSWORD)))
                    .all()
                    .get();
        }
        bench.purchases(200, 20);
    }

    @AfterAll
    static void stop() throws Exception {
        if (storeDoor != null) {
            storeDoor.close();
        }
        bench.close();
    }

    private Path credentials(String password) throws Exception {
        Path credentials = Files.createDirectories(dir.resolve("credentials"));
        Files.writeString(credentials.resolve("username"), "millrace\n");
        Files.writeString(credentials.resolve("password"), password + "\n");
        return credentials;
    }

    private Store store(String host, String password) throws Exception {
        Path file = Files.writeString(dir.resolve("store-password"), password + "\n");
        return new Store(
                "rediss://" + host + ":" + storeDoor.port(),
                null,
                file.toString(),
                keys.resolve("ca/ca.crt").toString());
    }

    private Aggregator start(String revision, Kafka kafka, Store store) throws Exception {
        AggregatorConfig plain = bench.config(dir, revision);
        return Aggregator.start(
                new AggregatorConfig(
                        plain.namespace(),
                        plain.name(),
                        kafka,
                        store,
                        plain.entities(),
                        plain.groups(),
                        0,
                        plain.host(),
                        1,
                        plain.stateDir()),
                TUNING,
                UnaryOperator.identity());
    }

    private static void awaitReason(Aggregator aggregator, String reason, String... words) {
        await(reason).atMost(Bench.PATIENCE).untilAsserted(() -> {
            assertThat(aggregator.status().reason()).isEqualTo(reason);
            assertThat(aggregator.status().message()).contains(words);
        });
    }

    @ParameterizedTest
    @EnumSource
    void eventsComeThroughEveryDoorIntoAStoreWithPasswordAndTls(Door door) throws Exception {
        String revision = "d00" + door.ordinal();
        Store store = store("127.0.0.1", STORE_PASSWORD);
        try (Aggregator aggregator = start(revision, door.kafka(credentials(KAFKA_PASSWORD)), store)) {
            bench.awaitOracle(revision, "through " + door);
            bench.purchases(100, 20);
            bench.awaitOracle(revision, "more through " + door);
            assertThat(aggregator.status().reason()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PASSWORD", "SCRAM"})
    void aWrongPasswordIsToldAndTheRightOneIsTakenWithoutARestart(Door door) throws Exception {
        String revision = "w00" + door.ordinal();
        Store store = store("127.0.0.1", STORE_PASSWORD);
        try (Aggregator aggregator = start(revision, door.kafka(credentials("wrong")), store)) {
            awaitReason(aggregator, "KafkaUnavailable", "127.0.0.1:" + door.port, "uthentication failed");
            assertThat(aggregator.status().message()).doesNotContain("wrong");
            credentials(KAFKA_PASSWORD);
            bench.awaitOracle(revision, "after the right password");
        }
    }

    /** An edge machine's results: its own broker asks nobody, the central one does. */
    @ParameterizedTest
    @EnumSource(names = {"SCRAM", "MUTUAL"})
    void resultsAreForwardedToACentralKafkaThatAsksWhoIsThere(Door door) throws Exception {
        String topic = "anomalies-" + door.ordinal();
        try (Admin admin = bench.broker.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        try (EmbeddedBroker edge = EmbeddedBroker.start(new EmbeddedBroker.Topic(topic, 1));
                KafkaProducer<byte[], byte[]> results = new KafkaProducer<>(
                        Map.of("bootstrap.servers", edge.bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            for (int i = 0; i < 20; i++) {
                results.send(new ProducerRecord<>(topic, new byte[] {(byte) i}));
            }
            results.flush();
            Forwarder forwarder = new Forwarder(new ForwardConfig(
                    new Kafka(edge.bootstrapServers(), null, null, null, null),
                    door.kafka(credentials(KAFKA_PASSWORD)),
                    topic,
                    "edge-forward"));
            ExecutorService thread = Executors.newSingleThreadExecutor();
            try {
                Future<String> running = thread.submit(() -> {
                    forwarder.run();
                    return "ended";
                });
                assertThat(bench.records(topic, 20))
                        .extracting(record -> (int) record.value()[0])
                        .containsExactlyElementsOf(
                                IntStream.range(0, 20).boxed().toList());
                forwarder.stop();
                assertThat(running.get(60, TimeUnit.SECONDS)).isEqualTo("ended");
            } finally {
                thread.shutdownNow();
            }
        }
    }

    @Test
    void aWrongPasswordOfTheStoreIsToldAndTheRightOneIsTakenWithoutARestart() throws Exception {
        Kafka kafka = Door.PASSWORD.kafka(credentials(KAFKA_PASSWORD));
        try (Aggregator aggregator = start("s001", kafka, store("127.0.0.1", "wrong"))) {
            awaitReason(aggregator, "FeatureStoreUnavailable", "rediss://127.0.0.1:", "WRONGPASS");
            store("127.0.0.1", STORE_PASSWORD);
            bench.awaitOracle("s001", "after the right password of the store");
        }
    }

    @Test
    void aStoreWhoseCertificateIsForAnotherNameIsNotTrusted() throws Exception {
        Kafka kafka = Door.PASSWORD.kafka(credentials(KAFKA_PASSWORD));
        try (Aggregator aggregator = start("s002", kafka, store("localhost", STORE_PASSWORD))) {
            awaitReason(aggregator, "FeatureStoreUnavailable", "rediss://localhost:", "localhost");
            assertThat(aggregator.status().message()).containsIgnoringCase("no name matching");
        }
    }
}
