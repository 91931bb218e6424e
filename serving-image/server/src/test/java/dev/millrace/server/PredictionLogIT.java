package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Kafka;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.server.Caller.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prediction log on a real broker, and predictions while there is none. */
class PredictionLogIT {
    private static final Topic TOPIC = new Topic("predictions", 1);
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @TempDir
    Path dir;

    @Test
    void aRecordOfEachPredictionAndNoneWaitedFor() throws Exception {
        EmbeddedBroker broker = EmbeddedBroker.start(TOPIC);
        String address = broker.bootstrapServers();
        try (TestStore store = TestStore.start(dir, TestStore.freePort())) {
            store.purchases("c-17", 9);
            store.risk("c-17", 0.75, 1_000);
            ModelServer server = ModelServer.start(Specs.config(
                    Specs.features(store.address(), Specs.purchases("Default", "Serve")),
                    null,
                    null,
                    new Kafka(address, null, null, null, null)));
            try (Caller c = new Caller(server.ports())) {
                c.awaitState("Ready");
                Reply reply = c.post(
                        "/v2/models/fraud/predict",
                        "{\"id\":\"x\",\"entities\":[{\"customer_id\":\"c-17\"}],\"inputs\":{\"amount\":100}}",
                        "Content-Type",
                        "application/json",
                        "traceparent",
                        TRACE);
                assertThat(reply.status()).isEqualTo(200);
                check(reply, record(address));
                // who reads it may be faster than the acknowledgement
                Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(
                                c.metric("millrace_log_records_total", "result=\"sent\""))
                        .isEqualTo(1));

                broker.close();
                awaitDropped(c);
                broker = EmbeddedBroker.start(
                        Options.defaults().withPort(Integer.parseInt(address.substring(address.indexOf(':') + 1))),
                        List.of(TOPIC));
                Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    c.predict("c-17", 100);
                    assertThat(c.metric("millrace_log_records_total", "result=\"sent\""))
                            .isGreaterThan(1);
                    assertThat(c.status().getString("reason")).isNotEqualTo("KafkaUnavailable");
                });
            } finally {
                server.stop();
            }
        } finally {
            broker.close();
        }
    }

    private static void awaitDropped(Caller c) throws Exception {
        List<Double> totals = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    Reply reply = c.predict("c-17", 100);
                    assertThat(reply.status()).isEqualTo(200);
                    assertThat(Caller.text(reply, "flags", "fallback")).isEqualTo("null");
                    totals.add(reply.body().getJsonObject("timingsMs").getDouble("total"));
                    assertThat(c.metric("millrace_log_records_total", "result=\"dropped\""))
                            .isPositive();
                    assertThat(c.status().getString("reason")).isEqualTo("KafkaUnavailable");
                });
        assertThat(c.metric("millrace_fallbacks_total")).isZero();
        System.out.printf(
                "without Kafka: %d predictions, the slowest took %.1f ms%n",
                totals.size(), totals.stream().mapToDouble(t -> t).max().orElse(0));
        assertThat(totals).allMatch(ms -> ms < Specs.THRESHOLD_MS);
    }

    private static ConsumerRecord<byte[], byte[]> record(String address) {
        TopicPartition partition = new TopicPartition(TOPIC.name(), 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", address), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return !records.isEmpty();
            });
        }
        assertThat(records).as("the warm-up's predictions are not logged").hasSize(1);
        return records.get(0);
    }

    /** The record of 02-api, field by field. */
    private static void check(Reply reply, ConsumerRecord<byte[], byte[]> record) {
        JsonObject answer = Caller.prediction(reply);
        JsonObject json = new JsonObject(new String(record.value(), StandardCharsets.UTF_8));
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo("c-17");
        assertThat(json.fieldNames())
                .containsExactlyInAnyOrder(
                        "predictionId",
                        "time",
                        "model",
                        "version",
                        "variant",
                        "entities",
                        "vector",
                        "features",
                        "outputs",
                        "label",
                        "flags",
                        "error",
                        "timingsMs",
                        "traceparent");
        assertThat(json.getString("predictionId")).isEqualTo(answer.getString("predictionId"));
        assertThat(System.currentTimeMillis() - json.getLong("time")).isBetween(0L, 60_000L);
        assertThat(json.getString("model")).isEqualTo("fraud");
        assertThat(json.getString("version")).isEqualTo("7");
        assertThat(json.getString("variant")).isEqualTo("stable");
        assertThat(json.getJsonObject("entities").getString("customer_id")).isEqualTo("c-17");
        assertThat(json.getJsonArray("vector")).containsExactly(100.0, 9.0, 0.75);
        JsonObject count = json.getJsonObject("features").getJsonObject("purchases.count_1h");
        assertThat(count.getDouble("value")).isEqualTo(9.0);
        assertThat(count.getString("status")).isIn("Fresh", "Stale");
        assertThat(count.getString("revision")).isEqualTo("7f3a");
        assertThat(System.currentTimeMillis() - count.getLong("eventTime")).isBetween(0L, 120_000L);
        assertThat(json.getJsonObject("outputs")).isEqualTo(answer.getJsonObject("outputs"));
        assertThat(json.getString("label")).isEqualTo(answer.getString("label")).isEqualTo("review");
        assertThat(json.getJsonObject("flags")).isEqualTo(answer.getJsonObject("flags"));
        assertThat(json.getJsonObject("timingsMs").fieldNames())
                .containsExactlyInAnyOrder("features", "queue", "inference", "postProcessing", "total");
        assertThat(json.getString("traceparent")).isEqualTo(TRACE);
    }
}
