package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Listener;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.server.StreamRecords.Result;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A topic is scored, on a real broker and a real store: what is written, what is not, and what becomes of trouble. The server
 * comes by TLS and with a password.
 */
@NullUnmarked // what is null here fails the test
class StreamInferenceIT {
    private static final String GROUP = "test-fraud-stream-inference";

    @TempDir
    Path dir;

    private final int port = TestStore.freePort();
    /** The broker's, for whoever says who it is. */
    private final int door = TestStore.freePort();

    private TestStore store;
    private EmbeddedBroker broker;
    private ModelServer server;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
        store.purchases("c-1", 9);
        store.risk("c-1", 0.75, 1_000);
        Path ca = Files.createDirectories(dir.resolve("ca"));
        TestCertificate.make(dir, "broker", ca.resolve("ca.crt"), dir.resolve("broker.key"));
        Path credentials = Files.createDirectories(dir.resolve("credentials"));
        Files.writeString(credentials.resolve("username"), "millrace");
        Files.writeString(credentials.resolve("password"), "stream-pass");
        startBroker();
    }

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
        broker.close();
        store.close();
    }

    private void startBroker() {
        String listener = "listener.name.door.";
        Map<String, String> settings = Map.of(
                listener + "sasl.enabled.mechanisms",
                "PLAIN",
                listener + "plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_millrace=\"stream-pass\";",
                listener + "ssl.keystore.type",
                "PKCS12",
                listener + "ssl.keystore.location",
                dir.resolve("broker.p12").toString(),
                listener + "ssl.keystore.password",
                TestCertificate.PASSWORD,
                listener + "ssl.key.password",
                TestCertificate.PASSWORD);
        Options options = new Options(
                "127.0.0.1",
                "127.0.0.1",
                port,
                dir.resolve("broker"),
                settings,
                List.of(new Listener("DOOR", "SASL_SSL", door)));
        broker = EmbeddedBroker.start(options, List.of(new Topic("readings", 3), new Topic("predictions", 1)));
    }

    private ServingConfig config(Model model) {
        ServingConfig c = Specs.config(
                Specs.features(store.address(), Specs.purchases("Default", "Serve")),
                null,
                null,
                new Kafka(
                        "127.0.0.1:" + door,
                        dir.resolve("ca").toString(),
                        null,
                        "PLAIN",
                        dir.resolve("credentials").toString()));
        return c.withModel(model)
                .withStreamInference(new StreamInference(
                        GROUP, "readings", "anomalies", "readings.fraud.dlq", "label == 'review' && score > 0.8"));
    }

    private Model model(String version, byte[] content) throws Exception {
        Path file = dir.resolve(version + ".onnx");
        Files.write(file, content);
        return new Model(file.toString(), version, null, "onnx", List.of(), List.of());
    }

    private List<Result> results(String topic, int partitions, int count) {
        List<Result> results = StreamRecords.await(broker.bootstrapServers(), topic, partitions, count);
        assertThat(results).hasSize(count);
        return results;
    }

    @Test
    void resultsDeadLettersAndTrouble() throws Exception {
        Path document = dir.resolve("serving.json");
        ServingConfig seven = config(model("7", TestModels.fragile(-3)));
        Files.writeString(document, Json.write(seven));
        server = ModelServer.start(seven, document);
        caller = new Caller(server.ports());
        caller.awaitState("Ready");

        try (StreamRecords.Writer to = new StreamRecords.Writer(broker.bootstrapServers(), "readings")) {
            long position = to.send(
                    "c-1", "{\"customer_id\": \"c-1\", \"amount\": 2, \"site\": \"north\"}", 1_700_000_000_000L);
            to.send("c-2", "{\"customer_id\": \"c-2\", \"amount\": 2}");
            to.send("c-1", "no reading");
            to.send("c-1", "{\"amount\": 2}");
            to.send("c-1", "{\"customer_id\": \"c-1\", \"amount\": \"two\"}");
            to.send("c-1", null);
            to.send("c-1", "{\"customer_id\": \"c-1\", \"amount\": 400}");

            Result result = results("anomalies", 3, 1).get(0);
            assertThat(result.key()).isEqualTo("c-1");
            assertThat(result.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(result.origin()).isEqualTo("readings/" + result.partition() + "/" + position);
            JsonObject value = result.json();
            assertThat(value.getString("label")).isEqualTo("review");
            assertThat(value.getString("version")).isEqualTo("7");
            assertThat(value.getString("model")).isEqualTo("fraud");
            assertThat(value.getLong("eventTime")).isEqualTo(1_700_000_000_000L);
            assertThat(value.getJsonObject("entities").getString("customer_id")).isEqualTo("c-1");
            assertThat(value.getJsonObject("outputs")
                            .getJsonArray("probabilities")
                            .getDouble(1))
                    .isGreaterThan(0.8);
            assertThat(value.getJsonObject("flags").getString("fallback")).isNull();
            assertThat(value.getString("predictionId")).hasSize(26);

            List<Result> dead = results("readings.fraud.dlq", 1, 5);
            assertThat(dead)
                    .extracting(r -> r.header("millrace-reason"))
                    .containsExactly("NotJson", "InvalidEntityKey", "InvalidInput", "EmptyValue", "ModelFailed");
            assertThat(dead).extracting(Result::key).containsOnly("c-1");
            assertThat(dead.get(0).value()).isEqualTo("no reading");
            assertThat(dead.get(2).header("millrace-error")).contains("amount", "must be a number");
            assertThat(dead).extracting(Result::origin).doesNotHaveDuplicates();

            // no call, so nothing that an SLO counts
            caller.awaitMetric(1, "millrace_stream_readings_total", "result=\"scored\"");
            caller.awaitMetric(1, "millrace_stream_readings_total", "result=\"filtered\"");
            caller.awaitMetric(5, "millrace_stream_readings_total", "result=\"dead_letter\"");
            caller.awaitMetric(7, "millrace_stream_result_seconds_count");
            caller.awaitMetric(0, "millrace_stream_lag_records");
            caller.awaitMetric(3, "millrace_stream_partitions");
            assertThat(caller.metric("millrace_stream_transactions_total", "result=\"aborted\""))
                    .isZero();
            assertThat(caller.metric("millrace_stream_lag_seconds")).isLessThan(60);
            assertThat(caller.metric("millrace_requests_total")).isZero();
            assertThat(caller.metric("millrace_slo_events_total")).isZero();
            JsonObject stream = caller.status().getJsonObject("stream");
            assertThat(stream.getString("state")).isEqualTo("Running");
            assertThat(stream.getInteger("partitions")).isEqualTo(3);
            assertThat(committed()).isEqualTo(7);

            // another version goes on where the one before was
            TestModels.put(
                    document,
                    Json.write(seven.withModel(model("8", TestModels.biased(2))))
                            .getBytes());
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> caller.status().getString("version").equals("8"));
            to.send("c-2", "{\"customer_id\": \"c-2\", \"amount\": 2}");
            Result second = StreamRecords.last(results("anomalies", 3, 2));
            assertThat(second.json().getString("version")).isEqualTo("8");
            assertThat(second.key()).isEqualTo("c-2");
            caller.awaitMetric(1, "millrace_stream_readings_total", "version=\"8\"", "result=\"scored\"");

            broker.close();
            Awaitility.await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(
                            caller.status().getJsonObject("stream").getString("reason"))
                    .isEqualTo("KafkaUnavailable"));
            assertThat(caller.status().getJsonObject("stream").getString("state"))
                    .isEqualTo("Waiting");
            assertThat(caller.predict("c-1", 2).status()).as("callers go on").isEqualTo(200);
            startBroker();
        }
        try (StreamRecords.Writer to = new StreamRecords.Writer(broker.bootstrapServers(), "readings")) {
            to.send("c-3", "{\"customer_id\": \"c-3\", \"amount\": 3}");
            Result third = StreamRecords.last(results("anomalies", 3, 3));
            assertThat(third.key()).isEqualTo("c-3");
        }
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> caller.status()
                .getJsonObject("stream")
                .getString("state")
                .equals("Running"));
        results("readings.fraud.dlq", 1, 5);
    }

    private long committed() throws Exception {
        try (var admin = broker.admin()) {
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    Objects.requireNonNull(admin.listConsumerGroupOffsets(GROUP)
                            .partitionsToOffsetAndMetadata()
                            .get(60, TimeUnit.SECONDS));
            return offsets.values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }
}
