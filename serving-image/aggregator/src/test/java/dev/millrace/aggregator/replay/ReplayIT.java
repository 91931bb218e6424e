package dev.millrace.aggregator.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.Store;
import dev.millrace.devkit.broker.EmbeddedBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A prediction log on a real broker becomes a training set. */
class ReplayIT {
    private static final long START = Instant.parse("2026-11-28T00:00:00Z").toEpochMilli();
    private static final int PREDICTIONS = 600;

    @TempDir
    Path dir;

    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void document() throws Exception {
        Files.writeString(dir.resolve("serving.json"), Json.write(config()));
        StringBuilder labels = new StringBuilder("prediction_id,is_fraud\n");
        for (int i = 0; i < PREDICTIONS; i += 2) {
            labels.append("p-").append(i).append(',').append(i % 3 == 0).append('\n');
        }
        Files.writeString(dir.resolve("labels.csv"), labels + "p-unknown,true\n");
    }

    /** As the server writes it. */
    private static String record(int i) {
        return "{\"predictionId\":\"p-" + i + "\",\"time\":" + (START + i * 1000L)
                + ",\"model\":\"fraud\",\"version\":\"7\",\"variant\":\"stable\",\"entities\":{\"customer_id\":\"c-"
                + i % 17
                + "\"},\"vector\":[" + i + ".5," + (i % 5 == 0 ? "null" : i) + "],\"features\":{\"amount\":{\"value\":"
                + i
                + ".5,\"status\":\"Fresh\",\"eventTime\":null,\"revision\":null},\"purchases.count_1h\":{\"value\":"
                + (i % 5 == 0 ? "null" : i) + ",\"status\":\"Default\",\"eventTime\":null,\"revision\":\"7f3a\"}},"
                + "\"outputs\":{\"label\":0},\"label\":\"approve\",\"flags\":{\"cache\":\"Miss\",\"fallback\":"
                + (i % 7 == 0 ? "\"Timeout\"" : "null") + "},\"error\":null}";
    }

    private static List<String> log() {
        List<String> log = new ArrayList<>();
        for (int i = 0; i < PREDICTIONS; i++) {
            log.add(record(i));
            if (i % 50 == 0) {
                // a producer's retry
                log.add(record(i));
            }
        }
        log.add("no JSON");
        log.add("{\"predictionId\":\"other\",\"time\":" + START + ",\"features\":{\"amount\":{\"value\":1}}}");
        return log;
    }

    @Test
    void theLogAndItsLabelsBecomeRows() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(new EmbeddedBroker.Topic("predictions", 3))) {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                for (String json : log()) {
                    producer.send(new ProducerRecord<>("predictions", "k" + json.hashCode() % 100, json));
                }
            }
            assertThat(run(
                            "--kafka",
                            broker.bootstrapServers(),
                            "--labels",
                            path("labels.csv"),
                            "--out",
                            path("a.parquet")))
                    .isZero();
            assertThat(run("--kafka", broker.bootstrapServers(), "--topic", "no-such", "--out", path("b.parquet")))
                    .isEqualTo(1);
        }
        assertThat(told).contains(path("a.parquet") + ": rows=300 logged=612 ofAnotherVector=2");
        Map<String, List<Object>> rows = rows("a.parquet", ", is_fraud");
        assertThat(rows).hasSize(300);
        for (int i = 0; i < PREDICTIONS; i += 2) {
            assertThat(rows.get("p-" + i))
                    .as("prediction %d", i)
                    .containsExactly(
                            START + i * 1000L,
                            "7",
                            "approve",
                            i % 7 == 0 ? "Timeout" : null,
                            "c-" + i % 17,
                            i + 0.5,
                            i % 5 == 0 ? null : (Object) (double) i,
                            String.valueOf(i % 3 == 0));
        }
        assertThat(dir.resolve("b.parquet")).doesNotExist();
    }

    @Test
    void filesServeAsTheTopicAndTimesBoundIt() throws Exception {
        Files.write(dir.resolve("log.jsonl"), log());

        assertThat(run("--log", path("log.jsonl"), "--out", path("all.parquet")))
                .isZero();
        assertThat(run(
                        "--log",
                        path("log.jsonl"),
                        "--since",
                        Instant.ofEpochMilli(START + 100_000).toString(),
                        "--until",
                        Instant.ofEpochMilli(START + 110_000).toString(),
                        "--out",
                        path("some.parquet")))
                .isZero();

        assertThat(rows("all.parquet", "")).hasSize(PREDICTIONS);
        assertThat(rows("some.parquet", "").keySet())
                .containsExactlyInAnyOrder(
                        "p-100", "p-101", "p-102", "p-103", "p-104", "p-105", "p-106", "p-107", "p-108", "p-109");
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        assertThat(run("--out")).isEqualTo(2);
        assertThat(run("--log", path("log.jsonl"))).isEqualTo(2);
        assertThat(run("--out", path("a.parquet"), "--log", path("none.jsonl"))).isEqualTo(1);
        assertThat(run("--out", path("a.parquet"), "--log", path("none.jsonl"), "--since", "yesterday"))
                .isEqualTo(2);
        assertThat(run("--out", path("a.parquet"))).as("no spec.kafka").isEqualTo(2);
        assertThat(dir.resolve("a.parquet")).doesNotExist();
    }

    private int run(String... more) {
        List<String> args = new ArrayList<>(List.of("--config", path("serving.json")));
        args.addAll(List.of(more));
        return Main.run(args.toArray(String[]::new), told::add);
    }

    private String path(String name) {
        return dir.resolve(name).toString();
    }

    /** By id: time, version, answer, fallback, customer, the vector, the label. */
    private Map<String, List<Object>> rows(String parquet, String label) throws Exception {
        Map<String, List<Object>> rows = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT prediction_id, epoch_ms(event_time), version, answer,"
                        + " fallback, customer_id, amount, \"purchases.count_1h\"" + label + " FROM read_parquet('"
                        + path(parquet) + "')")) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<Object> row = new ArrayList<>();
                for (int i = 2; i <= columns; i++) {
                    row.add(result.getObject(i));
                }
                assertThat(rows.put(result.getString(1), row)).as("twice").isNull();
            }
        }
        return rows;
    }

    private static ServingConfig config() {
        FeatureGroup purchases = new FeatureGroup(
                "purchases",
                "customer",
                "7f3a",
                new FeatureGroup.Stream("purchases", "json", "ts", "ms", 5_000, 600_000, null, "dlq"),
                null,
                List.of(new Aggregation("count_1h", "count", null, 3_600_000, Map.of(), "0")),
                List.of(),
                86_400_000,
                2_000L,
                null,
                null,
                "Default",
                "Serve");
        return new ServingConfig(
                "test",
                "fraud",
                "stable",
                new ServingConfig.Model("none", "7", null, "onnx", List.of(), List.of()),
                new ServingConfig.Slo("99.9", 50, "99.9", new ServingConfig.Budget(10, 10, 10, 10)),
                new ServingConfig.Server(0, 0, 0, "127.0.0.1", 1, 4, 0, 64, 64, List.of("CPU"), 3_000),
                null,
                new ServingConfig.Features(
                        new Store("redis://none", null, null, null),
                        List.of(new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")))),
                        List.of(purchases),
                        List.of(new RequestField("amount", "FP32", true, null)),
                        List.of("amount", "purchases.count_1h"),
                        "Default",
                        "Serve"),
                null,
                null,
                null,
                new ServingConfig.Logger("predictions", 100, "all"),
                null);
    }
}
