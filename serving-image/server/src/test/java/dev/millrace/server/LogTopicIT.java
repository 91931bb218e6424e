package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.server.Caller.Reply;
import dev.millrace.server.log.NoTopics;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The prediction log's topic on real brokers: created where that is allowed, named where it is not. */
class LogTopicIT {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @TempDir
    static Path dir;

    private static TestStore store;

    @BeforeAll
    static void startStore() throws IOException {
        store = TestStore.start(dir, TestStore.freePort());
    }

    @AfterAll
    static void stopStore() {
        store.close();
    }

    private static ServingConfig config(EmbeddedBroker broker, String topic) {
        ServingConfig c = Specs.config(
                Specs.features(store.address(), Specs.purchases("Default", "Serve")),
                null,
                null,
                new Kafka(broker.bootstrapServers(), null, null, null, null));
        return new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                c.model(),
                c.slo(),
                c.server(),
                c.kafka(),
                c.features(),
                c.requestCache(),
                c.threshold(),
                c.fallback(),
                new Logger(topic, 100, "all"),
                c.drift());
    }

    private static EmbeddedBroker broker(Map<String, String> settings) {
        return EmbeddedBroker.start(Options.defaults().withExtra(settings), List.of());
    }

    /** The first record. */
    private static ConsumerRecord<String, String> read(EmbeddedBroker broker, String topic) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", broker.bootstrapServers(), "group.id", "it", "auto.offset.reset", "earliest");
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return !records.isEmpty();
            });
        }
        return records.get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aMissingTopicIsCreatedAndTheCallersTraceIsInItsRecord(String autoCreate) throws Exception {
        try (EmbeddedBroker broker = broker(Map.of("auto.create.topics.enable", autoCreate, "num.partitions", "3"))) {
            ModelServer server = ModelServer.start(config(broker, "fraud-log"));
            try (Caller c = new Caller(server.ports())) {
                c.awaitState("Ready");
                Reply reply = c.post(
                        "/v2/models/fraud/predict",
                        "{\"entities\":[{\"customer_id\":\"c-17\"}],\"inputs\":{\"amount\":1}}",
                        "Content-Type",
                        "application/json",
                        "traceparent",
                        TRACE);
                assertThat(reply.status()).isEqualTo(200);
                ConsumerRecord<String, String> record = read(broker, "fraud-log");
                JsonObject json = new JsonObject(record.value());
                assertThat(record.key()).isEqualTo("c-17");
                assertThat(json.getString("traceparent")).isEqualTo(TRACE);
                assertThat(json.getString("predictionId"))
                        .isEqualTo(Caller.prediction(reply).getString("predictionId"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> c.metric("millrace_log_records_total", "result=\"sent\"") == 1);
                assertThat(c.status().getString("reason")).isNull();
                try (var admin = broker.admin()) {
                    assertThat(admin.describeTopics(List.of("fraud-log"))
                                    .allTopicNames()
                                    .get()
                                    .values())
                            .singleElement()
                            .satisfies(topic -> assertThat(topic.partitions())
                                    .as("the broker's own default")
                                    .hasSize(3));
                }
            } finally {
                server.stop();
            }
        }
    }

    @Test
    void aTopicThatMayNotBeCreatedIsNamedAndWhatIsLostIsCounted() throws Exception {
        try (EmbeddedBroker broker = broker(Map.of(
                "auto.create.topics.enable", "false", "create.topic.policy.class.name", NoTopics.class.getName()))) {
            ModelServer server = ModelServer.start(config(broker, "fraud-log"));
            try (Caller c = new Caller(server.ports())) {
                c.awaitState("Ready");
                assertThat(c.predict("c-1", 1).status()).isEqualTo(200);
                Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    assertThat(c.status().getString("reason")).isEqualTo("TopicMissing");
                    assertThat(c.status().getString("message"))
                            .contains("'fraud-log'")
                            .contains("topics need a ticket");
                });
                Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                                c.metric("millrace_log_records_total", "result=\"dropped\""))
                        .isEqualTo(1));
                assertThat(c.predict("c-1", 1).status()).isEqualTo(200);
                assertThat(c.status().getString("state")).isEqualTo("Ready");
            } finally {
                server.stop();
            }
            // by hand, as the broker wants it
            try (var admin = broker.admin()) {
                admin.createTopics(List.of(new NewTopic("by-hand-log", Optional.empty(), Optional.empty())))
                        .all()
                        .get();
            }
            server = ModelServer.start(config(broker, "by-hand-log"));
            try (Caller c = new Caller(server.ports())) {
                c.awaitState("Ready");
                assertThat(c.predict("c-1", 1).status()).isEqualTo(200);
                assertThat(read(broker, "by-hand-log").value().getBytes(StandardCharsets.UTF_8))
                        .isNotEmpty();
            } finally {
                server.stop();
            }
        }
    }
}
