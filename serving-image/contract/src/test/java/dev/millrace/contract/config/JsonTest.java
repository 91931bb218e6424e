package dev.millrace.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.status.AggregatorStatus;
import dev.millrace.contract.status.ServerStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
    private static final Store STORE = new Store("redis://store:6379", null, "/etc/millrace/store/password", null);
    private static final Entity CUSTOMER =
            new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")));
    private static final FeatureGroup PURCHASES = new FeatureGroup(
            "purchases",
            "customer",
            "7f3a",
            new FeatureGroup.Stream(
                    "purchases",
                    "json",
                    "ts",
                    "ms",
                    5_000,
                    600_000,
                    "status == 'OK'",
                    "purchases.dlq",
                    null,
                    new FeatureGroup.Dedup("id", 600_000)),
            null,
            List.of(new Aggregation("last_mcc", "last_n", "mcc", 86_400_000, Map.of("n", "5"), "0")),
            List.of(),
            691_200_000,
            2_000L,
            10L,
            null,
            "Default",
            "Serve");
    private static final AggregatorConfig AGGREGATOR = new AggregatorConfig(
            "payments",
            "fraud",
            new Kafka("kafka:9092", null, null, null, null),
            STORE,
            List.of(CUSTOMER),
            List.of(PURCHASES),
            9090,
            "0.0.0.0",
            0,
            "/tmp/state");
    private static final ServingConfig SERVING = new ServingConfig(
            "payments",
            "fraud",
            "stable",
            new ServingConfig.Model("/models/model.onnx", "7", "sha256:00", "onnx", List.of(), List.of()),
            new ServingConfig.Slo("99.9", 50, "99.9", new ServingConfig.Budget(5, 5, 20, 2)),
            new ServingConfig.Server(8080, 8081, 9090, "0.0.0.0", 1, 32, 0, 512, 16, List.of("CPU"), 10_000),
            null,
            new ServingConfig.Features(
                    STORE,
                    List.of(CUSTOMER),
                    List.of(PURCHASES),
                    List.of(new ServingConfig.RequestField("amount", "FP32", true, null)),
                    List.of("amount", "purchases.last_mcc[0]"),
                    "Default",
                    "Serve"),
            new ServingConfig.RequestCache(10_000, 1000, "Vector"),
            new ServingConfig.Threshold("probabilities", 1, 0.8, List.of("approve", "review")),
            new ServingConfig.Fallback(
                    List.of("Timeout"),
                    List.of("Default"),
                    new ServingConfig.FallbackResponse(
                            "approve", List.of(new ServingConfig.OutputValue("probability", "FP32", List.of("0.0"))))),
            null,
            null);

    @Test
    void whatIsWrittenIsRead() {
        assertThat(Json.read(Json.write(AGGREGATOR), AggregatorConfig.class)).isEqualTo(AGGREGATOR);
        assertThat(Json.read(Json.write(SERVING), ServingConfig.class)).isEqualTo(SERVING);
    }

    @Test
    void equalDocumentsAreEqualText() {
        String json = Json.write(SERVING);
        assertThat(Json.write(Json.read(json, ServingConfig.class))).isEqualTo(json);
    }

    @Test
    void aListThatIsLeftOutIsEmpty() {
        FeatureGroup g = Json.read(
                """
                {"name": "p", "entity": "c", "revision": "1", "ttlMs": 1, "onMissing": "Default", "onStale": "Serve"}
                """,
                FeatureGroup.class);
        assertThat(g.aggregations()).isEmpty();
        assertThat(g.columns()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    an unknown field          | "metricsPort" : 9090         | "metricPort" : 9090, "metricsPort" : 9090 | metricPort
                    a typo deep inside        | "windowMs" : 86400000        | "window" : 86400000        | groups[0].aggregations[0].window
                    a missing text            | "address" : "redis://store:6379", | | store.address
                    an element without a name | "function" : "last_n",       | | groups[0].aggregations[0].function
                    a number under another name | "ttlMs" : 691200000          | "x" : 1 | groups[0].ttlMs
                    a null number             | "ttlMs" : 691200000          | "ttlMs" : null             | groups[0].ttlMs
                    text for a number         | "threads" : 0                | "threads" : "many"         | threads
                    """)
    void aMistakeIsNamed(String what, String right, String wrong, String named) {
        String json = Json.write(AGGREGATOR);
        String broken = json.replace(right, wrong == null ? "" : wrong);
        assertThat(broken).as(what).isNotEqualTo(json);
        assertThatThrownBy(() -> Json.read(broken, AggregatorConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("AggregatorConfig: ")
                .hasMessageContaining(named);
    }

    @Test
    void aStatusMayComeFromANewerRelease() {
        ServerStatus status = new ServerStatus(
                "Ready",
                null,
                null,
                "fraud",
                "7",
                null,
                "CPU",
                List.of(new ServingConfig.TensorSpec("input", "FP32", List.of(-1L, 17L))),
                List.of(),
                new ServerStatus.Calibration(0.4, 0.3, 2, List.of(new ServerStatus.BatchPoint(1, 0.4))),
                List.of(new ServerStatus.GroupStatus("purchases", "7f3a", "Fresh", null, 12L)),
                new ServerStatus.Admission(16, "by the calibration"),
                "stable",
                List.of(new ServerStatus.Sli(
                        "latency", "99.9", 50.0, new ServerStatus.Events(9, 10), new ServerStatus.Events(99, 100))),
                new ServerStatus.Drift(
                        0.2,
                        null,
                        List.of(new ServerStatus.FeatureDrift(
                                "amount",
                                new ServingConfig.DriftReference(List.of(1.0), List.of(0.5, 0.4, 0.1), 1000),
                                List.of(5L, 4L, 1L),
                                10,
                                0.01,
                                1.2))));
        String newer = Json.write(status).replaceFirst("\\{", "{\"added\": {\"x\": 1},");
        assertThat(Json.readStatus(newer, ServerStatus.class)).isEqualTo(status);
        assertThatThrownBy(() -> Json.read(newer, ServerStatus.class)).hasMessageContaining("added");
        ServerStatus older =
                Json.readStatus("{\"state\": \"Ready\", \"model\": \"fraud\", \"version\": \"7\"}", ServerStatus.class);
        assertThat(older.sli()).isEmpty();
        assertThat(older.drift()).isNull();

        AggregatorStatus aggregator = new AggregatorStatus(
                "Running",
                null,
                null,
                List.of(new AggregatorStatus.StreamGroup(
                        "purchases", "7f3a", "purchases", 6, 6, null, "Rehydrating", 40)));
        assertThat(Json.readStatus(Json.write(aggregator), AggregatorStatus.class))
                .isEqualTo(aggregator);
        assertThatThrownBy(() -> Json.readStatus("{}", AggregatorStatus.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("state is missing");
    }

    @Test
    void brokenJsonNamesTheLine() {
        assertThatThrownBy(() -> Json.read("{\n\"namespace\": \n}", AggregatorConfig.class))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 3");
        assertThatThrownBy(() -> Json.read("null", AggregatorConfig.class)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Json.read(Json.write(AGGREGATOR) + "{}", AggregatorConfig.class))
                .isInstanceOf(ConfigException.class);
    }
}
