package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Prewarm;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.server.Caller.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers in advance, from a topic on a real broker. */
@NullUnmarked // what is null here fails the test
class PrewarmIT {
    private static final Topic POPULAR = new Topic("popular", 2);

    @TempDir
    Path dir;

    private TestStore store;
    private EmbeddedBroker broker;
    private KafkaProducer<String, byte[]> producer;
    private ModelServer server;
    private Caller caller;
    private long timestamp = System.currentTimeMillis();

    @BeforeEach
    void startStore() throws Exception {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
    }

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
        }
        if (broker != null) {
            broker.close();
        }
        store.close();
    }

    private void startBroker(int port, Topic... topics) {
        broker = EmbeddedBroker.start(
                Options.defaults().withPort(port).withExtra(Map.of("auto.create.topics.enable", "false")),
                List.of(topics));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    private ServingConfig config(String kafka, @Nullable Logger logger, int max) {
        Features f = Specs.features(store.address(), Specs.purchases("Default", "Serve"));
        ServingConfig c = Specs.config(f, null, null, null);
        return new ServingConfig(
                c.namespace(),
                c.name(),
                c.variant(),
                c.model(),
                c.slo(),
                c.server(),
                new Kafka(kafka, null, null, null, null),
                f,
                null,
                c.threshold(),
                null,
                logger,
                null,
                null,
                null,
                new EntityCache(600_000, 100, new Prewarm(POPULAR.name(), max)),
                null);
    }

    private Caller start(ServingConfig config, @Nullable Path document) {
        server = ModelServer.start(config, document);
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
        return caller;
    }

    private void write(@Nullable String key, @Nullable String value) throws Exception {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(POPULAR.name(), null, ++timestamp, key, bytes))
                .get(30, TimeUnit.SECONDS);
    }

    private static String body(String customer, int amount) {
        return "{\"entities\": [{\"customer_id\": \"" + customer + "\"}], \"inputs\": {\"amount\": " + amount + "}}";
    }

    private static String cache(Reply reply) {
        return Caller.text(reply, "flags", "cache");
    }

    private void awaitPrewarmed(String result, int calls) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        caller.metric("millrace_prewarm_records_total", "result=\"" + result + "\""))
                .isEqualTo(calls));
    }

    @Test
    void theNewestCallsAreAnsweredBeforeItIsReadyAndThoseThatComeLaterSoon() throws Exception {
        startBroker(0, POPULAR, new Topic("predictions", 1));
        write("c-0", body("c-0", 1));
        write("c-1", body("c-1", 1));
        write("c-4", body("c-4", 1));
        write("c-2", body("c-2", 1));
        write(null, body("c-3", 1));
        write(null, body("c-3", 2));
        write("bad", "no call");
        write("c-1", body("c-1", 2));
        write("c-4", null);
        store.purchases("c-1", 9);
        store.risk("c-1", 0.75, 1_000);
        Caller c = start(config(broker.bootstrapServers(), new Logger("predictions", 100, "all"), 4), null);
        awaitPrewarmed("answered", 3);
        awaitPrewarmed("invalid", 1);
        assertThat(c.metric("millrace_prewarm_following")).isEqualTo(1);
        assertThat(c.status().getString("reason")).isNull();
        assertThat(c.metric("millrace_requests_total")).as("nobody has asked").isZero();
        assertThat(c.metric("millrace_slo_events_total")).isZero();
        assertThat(c.metric("millrace_feature_reads_total")).isZero();
        assertThat(c.metric("millrace_cache_requests_total")).isZero();

        Reply one = c.predict("c-1", 2);
        assertThat(cache(one)).isEqualTo("Hit");
        assertThat(Caller.text(one, "label")).isEqualTo("review");
        assertThat(cache(c.predict("c-2", 1))).isEqualTo("Hit");
        assertThat(cache(c.predict("c-3", 2))).as("its newest call").isEqualTo("Hit");
        assertThat(cache(c.predict("c-0", 1))).as("older than the four newest").isEqualTo("Miss");
        assertThat(cache(c.predict("c-4", 1))).as("taken away").isEqualTo("Miss");

        write("c-9", body("c-9", 5));
        awaitPrewarmed("answered", 4);
        assertThat(cache(c.predict("c-9", 5))).isEqualTo("Hit");

        // written again, its answer is made anew
        store.purchases("c-1", 1);
        assertThat(Caller.text(c.predict("c-1", 2), "label")).isEqualTo("review");
        write("c-1", body("c-1", 2));
        awaitPrewarmed("answered", 5);
        Reply renewed = c.predict("c-1", 2);
        assertThat(cache(renewed)).isEqualTo("Hit");
        assertThat(Caller.text(renewed, "label")).isEqualTo("approve");

        // the log has the callers' predictions and no other
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                        c.metric("millrace_log_records_total", "result=\"sent\""))
                .isEqualTo(8));
        c.awaitMetric(8, "millrace_requests_total");
    }

    @Test
    void anotherVersionIsFilledBeforeItAnswers() throws Exception {
        startBroker(0, POPULAR);
        write("c-1", body("c-1", 1));
        Path document = dir.resolve("serving.json");
        ServingConfig seven = config(broker.bootstrapServers(), null, 10);
        Files.writeString(document, Json.write(seven));
        Caller c = start(seven, document);
        assertThat(cache(c.predict("c-1", 1))).isEqualTo("Hit");

        Path file = dir.resolve("8.onnx");
        Files.write(file, TestModels.biased(2));
        Model eight = new Model(file.toString(), "8", null, "onnx", List.of(), List.of());
        TestModels.put(document, Json.write(seven.withModel(eight)).getBytes(StandardCharsets.UTF_8));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> c.status().getString("version").equals("8"));
        Reply first = c.predict("c-1", 1);
        assertThat(first.body().getString("version")).isEqualTo("8");
        assertThat(cache(first)).isEqualTo("Hit");
        assertThat(Caller.text(first, "label")).as("the new model's own answer").isEqualTo("review");
        assertThat(c.metric("millrace_prewarm_following", "version=\"8\"")).isEqualTo(1);
        write("c-2", body("c-2", 1));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> c.metric("millrace_prewarm_records_total", "version=\"8\"", "result=\"answered\"") == 1);
    }

    @Test
    void withoutABrokerItIsReadySaysSoAndIsFilledWhenOneComes() throws Exception {
        int port = TestStore.freePort();
        Caller c = start(config("127.0.0.1:" + port, null, 10), null);
        assertThat(c.get("/v2/health/ready").status()).isEqualTo(200);
        assertThat(c.status().getString("reason")).isEqualTo("KafkaUnavailable");
        assertThat(c.status().getString("message")).contains("127.0.0.1:" + port, "'popular'");
        assertThat(c.metric("millrace_prewarm_following")).isZero();

        startBroker(port);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(c.status().getString("reason")).isEqualTo("TopicMissing"));
        assertThat(c.status().getString("message")).contains("cache.entity.prewarm.topic", "'popular'");
        try (var admin = broker.admin()) {
            admin.createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic("popular", 2, (short) 1)))
                    .all()
                    .get();
        }
        write("c-1", body("c-1", 1));
        awaitPrewarmed("answered", 1);
        assertThat(cache(c.predict("c-1", 1))).isEqualTo("Hit");
        assertThat(c.metric("millrace_prewarm_following")).isEqualTo(1);
        assertThat(c.status().getString("reason")).isNull();

        broker.close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(c.status().getString("reason")).isEqualTo("KafkaUnavailable"));
        assertThat(c.metric("millrace_prewarm_following")).isZero();
        assertThat(cache(c.predict("c-1", 1))).isEqualTo("Hit");
    }
}
