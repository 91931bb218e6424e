package dev.millrace.aggregator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.store.StoreKeys;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/** Events of a real broker become values of a real store. Each test runs a revision of its own over the same topic. */
class AggregatorIT {
    private static final Tuning TUNING = Tuning.defaults().withRetry(Duration.ofMillis(300));

    @TempDir
    Path dir;

    private static Bench bench;

    @BeforeAll
    static void start() {
        bench = new Bench();
    }

    @AfterAll
    static void stop() {
        bench.close();
    }

    private Aggregator start(String revision) throws Exception {
        return start(bench.config(dir, revision));
    }

    private static Aggregator start(AggregatorConfig config) throws Exception {
        return Aggregator.start(config, TUNING, UnaryOperator.identity());
    }

    @Test
    void everyCustomersValueEqualsTheOracle() throws Exception {
        try (Aggregator aggregator = start("a001")) {
            bench.purchases(2_000, 50);
            bench.awaitOracle("a001", "2000 events, with the start of the stream");
            bench.purchases(500, 50);
            bench.awaitOracle("a001", "500 more");
            bench.awaitCaughtUp("a001");
            assertThat(aggregator.status().state()).isEqualTo("Running");
            assertThat(aggregator.status().reason()).isNull();
            assertThat(aggregator.status().groups()).singleElement().satisfies(group -> {
                assertThat(group.assigned()).isEqualTo(Bench.PARTITIONS);
                assertThat(group.partitions()).isEqualTo(Bench.PARTITIONS);
                assertThat(group.lagMs()).isNotNull().isLessThan(5_000);
            });
            assertThat(get(aggregator, "/readyz").statusCode()).isEqualTo(200);
            assertThat(get(aggregator, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(aggregator, "/millrace/status").body()).contains("\"state\" : \"Running\"");
            assertThat(get(aggregator, "/millrace/threads").body())
                    .as("who runs the group")
                    .contains("\"group-purchases.a001\" #", "    at ");
            String labels = "{group=\"purchases\",model=\"fraud\",namespace=\"payments\"";
            assertThat(get(aggregator, "/metrics").body())
                    .contains("millrace_aggregator_events_total" + labels + ",result=\"applied\"}")
                    .contains("millrace_feature_pipeline_seconds_count" + labels + "}")
                    .contains("millrace_feature_watermark_lag_seconds" + labels + ",partition=\"1\"}")
                    .contains("millrace_feature_watermark_timestamp_seconds" + labels + "}")
                    .contains("millrace_source_lag_records" + labels + ",partition=\"0\"} 0")
                    .contains("millrace_store_writes_total" + labels + ",result=\"written\"}")
                    .contains("millrace_store_queue_depth{model=\"fraud\",namespace=\"payments\"}");
            try (Jedis jedis = bench.jedis()) {
                assertThat(jedis.hget(StoreKeys.meta(Purchases.NS), "epoch:purchases.a001"))
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void malformedEventsGoToTheDeadLetterTopicAndTheStreamGoesOn() throws Exception {
        long now = System.currentTimeMillis();
        bench.send("c-1", "{not json");
        bench.send("c-1", Purchases.json("c-1", "m-1", 5, now).replace("5.0", "\"much\""));
        bench.send("c-1", Purchases.json("c-1", "m-1", 5, now + 3_600_000));
        bench.send(null, "{\"status\":\"OK\",\"amount\":1,\"ts\":" + now + "}");
        bench.flush();
        try (Aggregator aggregator = start("a002")) {
            bench.purchases(200, 20);
            bench.awaitOracle("a002", "events among malformed ones");
            List<ConsumerRecord<byte[], byte[]>> dead = bench.records(Purchases.deadLetters("a002"), 4);
            assertThat(dead)
                    .extracting(record -> header(record, "millrace-reason"))
                    .containsExactlyInAnyOrder("NotJson", "InvalidColumn", "FutureEvent", "InvalidEntityKey");
            ConsumerRecord<byte[], byte[]> first = dead.stream()
                    .filter(record -> header(record, "millrace-reason").equals("NotJson"))
                    .findFirst()
                    .orElseThrow();
            assertThat(new String(first.value(), UTF_8)).isEqualTo("{not json");
            assertThat(new String(first.key(), UTF_8)).isEqualTo("c-1");
            assertThat(header(first, "millrace-error")).contains("not a JSON object");
            assertThat(header(first, "millrace-topic")).isEqualTo(Purchases.TOPIC);
            assertThat(header(first, "millrace-partition")).matches("[01]");
            assertThat(header(first, "millrace-offset")).matches("\\d+");
            assertThat(get(aggregator, "/metrics").body())
                    .contains("millrace_aggregator_events_total{group=\"purchases\",model=\"fraud\","
                            + "namespace=\"payments\",result=\"dead_letter\"} 4.0\n");
            bench.purchases(50, 20);
            bench.awaitOracle("a002", "events after malformed ones");
            assertThat(aggregator.status().reason()).isNull();
        }
    }

    @Test
    void aStoreThatDoesNotAnswerForAWhileLosesNothing() throws Exception {
        try (Aggregator aggregator = start("a003")) {
            bench.purchases(100, 20);
            bench.awaitOracle("a003", "before the pause");
            try (Jedis jedis = bench.jedis()) {
                jedis.sendCommand(Protocol.Command.CLIENT, "PAUSE", "3000", "ALL");
            }
            bench.purchases(2_000, 50);
            bench.awaitOracle("a003", "events while the store was paused for 3 s");
            bench.awaitCaughtUp("a003");
            assertThat(aggregator.status().reason()).isNull();
        }
    }

    @Test
    void aStoreThatCameBackEmptyIsFilledAgain() throws Exception {
        try (Aggregator aggregator = start("a004")) {
            bench.purchases(1_000, 200);
            bench.awaitOracle("a004", "before the store died");
            bench.killStore();
            // only some customers buy: the others' values come back without an event
            bench.purchases(20, 5);
            await("the reason in status").atMost(Bench.PATIENCE).until(() -> "FeatureStoreUnavailable"
                    .equals(aggregator.status().reason()));
            assertThat(aggregator.status().message()).contains("redis://127.0.0.1:");
            bench.restartStore();
            bench.awaitOracle("a004", "the store is back, empty");
            bench.awaitCaughtUp("a004");
            await("all is well")
                    .atMost(Bench.PATIENCE)
                    .until(() -> aggregator.status().reason() == null);
        }
    }

    @Test
    void aFlushedStoreIsFilledAgainAndHasNoHeartbeatBefore() throws Exception {
        try (Aggregator aggregator = start("a005");
                Jedis jedis = bench.jedis()) {
            bench.purchases(500, 100);
            bench.awaitOracle("a005", "before FLUSHALL");
            bench.awaitCaughtUp("a005");
            jedis.flushAll();
            // whenever heartbeats are there again, so are all values that they vouch for
            await("heartbeats after FLUSHALL")
                    .atMost(Bench.PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() ->
                            bench.heartbeat(jedis, "a005", 0) != null && bench.heartbeat(jedis, "a005", 1) != null);
            assertThat(bench.wrong(jedis, "a005")).isEmpty();
            assertThat(aggregator.status().state()).isEqualTo("Running");
        }
    }

    @Test
    void aStoreThatWasEmptiedWhileNobodyRanIsFilledAtTheStart() throws Exception {
        try (Aggregator first = start("a006")) {
            bench.purchases(300, 50);
            bench.awaitOracle("a006", "first run");
            assertThat(first.status().state()).isEqualTo("Running");
        }
        try (Jedis jedis = bench.jedis()) {
            jedis.flushAll();
        }
        try (Aggregator second = start("a006")) {
            bench.awaitOracle("a006", "second run, no new event");
            assertThat(second.metricsPort()).isPositive();
        }
    }

    @Test
    void eventsThatABatchHasPassedAreCounted() throws Exception {
        FeatureGroup g = Purchases.group("a009", "status == 'OK'");
        FeatureGroup hybrid = new FeatureGroup(
                g.name(),
                g.entity(),
                g.revision(),
                g.stream(),
                new FeatureGroup.Batch("", "parquet", "ts"),
                g.aggregations(),
                g.columns(),
                g.ttlMs(),
                g.maxLagMs(),
                g.pipelineMs(),
                7_200_000L,
                g.onMissing(),
                g.onStale());
        try (Jedis jedis = bench.jedis()) {
            jedis.hset(
                    StoreKeys.meta(Purchases.NS),
                    "batchEnd:purchases.a009",
                    Long.toString(System.currentTimeMillis() + 3_600_000));
        }
        try (Aggregator aggregator = start(
                Purchases.config(bench.broker.bootstrapServers(), bench.store().address(), dir, 1, hybrid))) {
            bench.purchases(50, 20);
            await("events before the end of the batch").atMost(Bench.PATIENCE).until(() -> get(aggregator, "/metrics")
                    .body()
                    .matches("(?s).*millrace_late_before_batch_total\\{[^}]*} [1-9].*"));
        }
    }

    @Test
    void aStoreOfFeastsHasTheValuesOfTheNewestEvents() throws Exception {
        FeatureGroup group = Purchases.feast(Purchases.group("a010", "status == 'OK'"), "txn_stats");
        FeastView view = FeastView.of(group, Purchases.CUSTOMER);
        try (Aggregator aggregator = start(
                Purchases.config(bench.broker.bootstrapServers(), bench.store().address(), dir, 1, group))) {
            bench.purchases(500, 30);
            awaitFinished(view, "finished values");
            bench.awaitCaughtUp("a010");
            // it is emptied: all of them come again, from the state
            try (Jedis jedis = bench.jedis()) {
                jedis.flushAll();
            }
            awaitFinished(view, "finished values in a store that was emptied");
            bench.awaitCaughtUp("a010");
            await("all of them are back")
                    .atMost(Bench.PATIENCE)
                    .until(() -> aggregator.status().reason() == null);
        }
    }

    private static void awaitFinished(FeastView view, String what) {
        try (Jedis jedis = bench.jedis()) {
            await(what)
                    .atMost(Bench.PATIENCE)
                    .untilAsserted(() -> bench.oracle.customers().forEach((customer, sums) -> {
                        byte[][] fields = view.fields().toArray(byte[][]::new);
                        FeastView.Row row =
                                view.read(new ArrayList<>(jedis.hmget(view.key(List.of(customer)), fields)));
                        assertThat(row.values())
                                .as(customer)
                                .usingComparatorWithPrecision(1e-6)
                                .containsExactly(sums.vector());
                        assertThat(row.eventTimeMs()).as(customer).isPositive();
                        assertThat(row.header()).as(customer).isNotNull();
                    }));
        }
    }

    @Test
    void aMissingTopicIsWaitedFor() throws Exception {
        FeatureGroup group = Purchases.group("not-yet", "a007", null);
        AggregatorConfig config =
                Purchases.config(bench.broker.bootstrapServers(), bench.store().address(), dir, 1, group);
        try (Aggregator aggregator = start(config)) {
            await("the reason in status").atMost(Bench.PATIENCE).until(() -> "TopicMissing"
                    .equals(aggregator.status().reason()));
            assertThat(aggregator.status().message()).contains("'not-yet'");
            assertThat(aggregator.status().state()).isEqualTo("Failed");
            assertThat(get(aggregator, "/readyz").statusCode()).isEqualTo(503);
            assertThat(get(aggregator, "/livez").statusCode()).isEqualTo(200);
            try (Admin admin = bench.broker.admin()) {
                admin.createTopics(List.of(new NewTopic("not-yet", Optional.of(1), Optional.empty())))
                        .all()
                        .get();
            }
            await("running once the topic is there").atMost(Bench.PATIENCE).until(() -> {
                var status = aggregator.status();
                return status.state().equals("Running") && status.reason() == null;
            });
        }
    }

    @Test
    void withoutABrokerTheProcessStaysAndSaysWhy() throws Exception {
        AggregatorConfig config =
                Purchases.config("127.0.0.1:1", bench.store().address(), dir, 1, Purchases.group("a008", null));
        try (Aggregator aggregator = start(config)) {
            await("the reason in status").atMost(Bench.PATIENCE).until(() -> "KafkaUnavailable"
                    .equals(aggregator.status().reason()));
            assertThat(aggregator.status().message()).contains("127.0.0.1:1");
            assertThat(get(aggregator, "/livez").statusCode()).isEqualTo(200);
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static HttpResponse<String> get(Aggregator aggregator, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + aggregator.metricsPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
