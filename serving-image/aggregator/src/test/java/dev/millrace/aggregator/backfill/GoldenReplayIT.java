package dev.millrace.aggregator.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.Aggregator;
import dev.millrace.aggregator.Purchases;
import dev.millrace.aggregator.batch.BatchLoader;
import dev.millrace.aggregator.batch.Worker;
import dev.millrace.aggregator.event.EventReader;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileSplice;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.devkit.store.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * The same lines through a broker and an aggregator, and as files through backfill and loader: the same numbers. For backfill
 * bit for bit, rounding too, since both take the events in the order in which they were appended; with files and a stream at
 * once for what is exact in any order.
 */
class GoldenReplayIT {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int PARTITIONS = 2;
    private static final int CUSTOMERS = 60;
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;

    private static EmbeddedBroker broker;
    private static EmbeddedStore store;

    @TempDir
    Path dir;

    private final long now = System.currentTimeMillis();

    private record Purchase(String customer, long ms, long knownMs, double amount, String status, int id) {
        String json() {
            return "{\"event_id\":\"e-" + id + "\",\"customer_id\":\"" + customer + "\",\"merchant_id\":\"m-" + id % 37
                    + "\",\"amount\":" + amount + ",\"status\":\"" + status + "\",\"ts\":" + ms + ",\"appended_at\":"
                    + knownMs + "}";
        }
    }

    @BeforeAll
    static void start() {
        broker = EmbeddedBroker.start(new Topic("golden", PARTITIONS), new Topic("both", PARTITIONS));
        store = EmbeddedStore.start();
    }

    @AfterAll
    static void stop() {
        store.close();
        broker.close();
    }

    private static void send(String topic, List<Purchase> purchases) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", "5", "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            purchases.forEach(p -> producer.send(new ProducerRecord<>(topic, p.customer(), p.json())));
        }
    }

    private static FeatureGroup group(
            String topic, FeatureGroup.@Nullable Batch batch, List<Aggregation> aggregations, @Nullable Long maxAgeMs) {
        FeatureGroup g = Purchases.group(topic, topic.equals("golden") ? "601d" : "b07b", "status == 'OK'");
        return new FeatureGroup(
                g.name(),
                g.entity(),
                g.revision(),
                g.stream(),
                batch,
                aggregations,
                List.of(),
                40 * DAY,
                g.maxLagMs(),
                g.pipelineMs(),
                maxAgeMs,
                g.onMissing(),
                g.onStale());
    }

    private Aggregator aggregator(FeatureGroup group) throws Exception {
        return Aggregator.start(config(group));
    }

    private AggregatorConfig config(FeatureGroup group) {
        return Purchases.config(broker.bootstrapServers(), store.address(), dir, 1, group);
    }

    private static void awaitCaughtUp(Jedis jedis, FeatureGroup group) {
        long since = System.currentTimeMillis();
        await("heartbeats that vouch for everything").atMost(PATIENCE).until(() -> IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> jedis.get(StoreKeys.heartbeat(Purchases.NS, group, partition)))
                .allMatch(text -> vouches(text, since)));
    }

    private static boolean vouches(@Nullable String text, long sinceMs) {
        Heartbeat heartbeat = text == null ? null : Heartbeat.decode(text);
        return heartbeat != null && heartbeat.caughtUpAtMs() > sinceMs;
    }

    private static byte[] streamed(Jedis jedis, FeatureGroup group, String customer) {
        return jedis.get(StoreKeys.value(Purchases.NS, Purchases.CUSTOMER, List.of(customer), group)
                .getBytes(UTF_8));
    }

    @Test
    void whatTheStreamServesIsWhatBackfillTrainsWith() throws Exception {
        List<String> functions = List.of(
                "sum", "avg", "min", "max", "variance", "stddev", "first", "last", "rate_of_change", "time_since_last");
        List<Aggregation> all = new ArrayList<>();
        for (long window : new long[] {HOUR, DAY}) {
            all.add(new Aggregation("count_" + window, "count", null, window, Map.of(), "0"));
            functions.forEach(f -> all.add(new Aggregation(f + "_" + window, f, "amount", window, Map.of(), "-1")));
            all.add(new Aggregation(
                    "distinct_" + window, "approx_count_distinct", "merchant_id", window, Map.of(), "0"));
            all.add(new Aggregation("p90_" + window, "approx_percentile", "amount", window, Map.of("q", "0.9"), "-1"));
            all.add(new Aggregation(
                    "decayed_" + window, "decayed_sum", "amount", window, Map.of("halfLifeMs", "7200000"), "0"));
        }
        FeatureGroup group = Purchases.deduplicated(group("golden", null, all, null), "event_id", HOUR);
        List<Purchase> purchases = history();
        Path events = dir.resolve("golden.jsonl");
        Files.write(events, purchases.stream().map(Purchase::json).toList());
        send("golden", purchases);
        Map<String, double[]> served = new HashMap<>();
        TileReader reader = new TileReader(TileLayout.of(group));
        try (Aggregator aggregator = aggregator(group);
                Jedis jedis = new Jedis("127.0.0.1", store.port())) {
            awaitCaughtUp(jedis, group);
            for (int i = 0; i < CUSTOMERS; i++) {
                double[] out = new double[all.size()];
                assertThat(reader.read(streamed(jedis, group, "c-" + i), now, out, 0))
                        .isTrue();
                served.put("c-" + i, out);
            }
            assertThat(aggregator.status().reason()).isNull();
        }

        Path labels = dir.resolve("labels.jsonl");
        Files.write(
                labels,
                served.keySet().stream()
                        .map(c ->
                                "{\"customer_id\":\"" + c + "\",\"event_time\":\"" + Instant.ofEpochMilli(now) + "\"}")
                        .toList());
        Files.writeString(dir.resolve("serving.json"), Json.write(serving(group)));
        List<String> told = new ArrayList<>();
        Path trained = dir.resolve("train.parquet");
        int code = Main.run(
                new String[] {
                    "--config", dir.resolve("serving.json").toString(),
                    "--labels", labels.toString(),
                    "--events", "purchases=" + events,
                    "--known-at", "purchases=appended_at",
                    "--out", trained.toString()
                },
                told::add);
        assertThat(code).as("%s", told).isZero();

        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT customer_id, "
                        + String.join(
                                ", ",
                                all.stream()
                                        .map(a -> "\"purchases." + a.name() + "\"")
                                        .toList())
                        + " FROM read_parquet('" + trained + "')")) {
            int compared = 0;
            while (rows.next()) {
                double[] expected = Objects.requireNonNull(served.get(rows.getString(1)));
                for (int i = 0; i < expected.length; i++) {
                    // what has no value in its window is NaN for the stream's reader, and the default in a vector
                    double stream = Double.isNaN(expected[i]) ? -1 : expected[i];
                    assertThat(Double.doubleToRawLongBits(rows.getDouble(i + 2)))
                            .as(
                                    "%s of %s: %s, not %s",
                                    all.get(i).name(), rows.getString(1), rows.getDouble(i + 2), stream)
                            .isEqualTo(Double.doubleToRawLongBits(stream));
                }
                compared++;
            }
            assertThat(compared).isEqualTo(CUSTOMERS);
        }
    }

    /** In the order in which they were appended: out of order by some minutes, some too late, some sent twice. */
    private List<Purchase> history() {
        Random random = new Random(17);
        List<Purchase> all = new ArrayList<>();
        int events = 6_000;
        for (int i = 0; i < events; i++) {
            long known = now - (events - i) * 8_000L;
            long delay = 1 + random.nextInt(random.nextInt(50) == 0 ? 2 * (int) HOUR : 300_000);
            all.add(new Purchase(
                    "c-" + (i < CUSTOMERS ? i : random.nextInt(CUSTOMERS)),
                    known - delay,
                    known,
                    random.nextInt(100_000) / 100.0,
                    random.nextInt(9) == 0 ? "VOID" : "OK",
                    i));
            if (random.nextInt(40) == 0) {
                Purchase again = all.get(Math.max(0, all.size() - 1 - random.nextInt(20)));
                all.add(new Purchase(
                        again.customer(), again.ms(), known + 1, again.amount(), again.status(), again.id()));
            }
        }
        return all;
    }

    private static ServingConfig serving(FeatureGroup group) {
        return new ServingConfig(
                "payments",
                "fraud",
                "stable",
                new ServingConfig.Model("none", "7", null, "onnx", List.of(), List.of()),
                new ServingConfig.Slo("99.9", 50, "99.9", new ServingConfig.Budget(10, 10, 10, 10)),
                new ServingConfig.Server(0, 0, 0, "127.0.0.1", 1, 4, 0, 64, 64, List.of("CPU"), 3_000),
                null,
                new ServingConfig.Features(
                        new Store("redis://none", null, null, null),
                        List.of(Purchases.CUSTOMER),
                        List.of(group),
                        List.of(),
                        group.aggregations().stream()
                                .map(a -> "purchases." + a.name())
                                .toList(),
                        "Default",
                        "Serve"),
                null,
                null,
                null,
                null,
                null);
    }

    @Test
    void filesAndStreamAtOnceGiveWhatOneStreamWouldGive() throws Exception {
        List<Aggregation> all = List.of(
                new Aggregation("count_30d", "count", null, 30 * DAY, Map.of(), "0"),
                new Aggregation("sum_30d", "sum", "amount", 30 * DAY, Map.of(), "0"),
                new Aggregation("max_7d", "max", "amount", 7 * DAY, Map.of(), "0"),
                new Aggregation("sum_1h", "sum", "amount", HOUR, Map.of(), "0"));
        FeatureGroup group =
                group("both", new FeatureGroup.Batch(dir.toString() + "/both.jsonl", "jsonl", "ts"), all, 12 * HOUR);
        // to the newest, in the order of their time; whole amounts, so that sums are exact in whatever order
        Random random = new Random(23);
        List<Purchase> purchases = new ArrayList<>();
        int events = 6_000;
        for (int i = 0; i < events; i++) {
            long ms = now - (events - i) * (20 * DAY / events);
            purchases.add(new Purchase("c-" + i % CUSTOMERS, ms, ms, random.nextInt(1_000), "OK", i));
        }
        // the files end six hours ago, the topic begins two days ago
        Files.write(
                dir.resolve("both.jsonl"),
                purchases.stream()
                        .filter(p -> p.ms() < now - 6 * HOUR)
                        .map(Purchase::json)
                        .toList());
        List<Purchase> kept =
                purchases.stream().filter(p -> p.ms() > now - 2 * DAY).toList();
        send("both", kept.subList(0, kept.size() / 2));
        try (Aggregator aggregator = aggregator(group);
                Jedis jedis = new Jedis("127.0.0.1", store.port())) {
            CompletableFuture<BatchLoader.Loaded> load = CompletableFuture.supplyAsync(() -> {
                try {
                    return new BatchLoader(config(group), line -> {}).load(group, Worker.alone(), now);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            send("both", kept.subList(kept.size() / 2, kept.size()));
            long rows = load.get().run().rows();
            awaitCaughtUp(jedis, group);
            assertThat(rows).isEqualTo(CUSTOMERS);
            assertThat(aggregator.status().reason()).isNull();
            long cut = Long.parseLong(jedis.hget(StoreKeys.meta(Purchases.NS), "batchEnd:purchases.b07b"));
            TileLayout whole = TileLayout.whole(group);
            TileSplice splice = new TileSplice(whole);
            TileReader reader = new TileReader(whole);
            EventReader decoder = EventReader.of(Purchases.NS, Purchases.CUSTOMER, group, whole);
            for (int i = 0; i < CUSTOMERS; i++) {
                String customer = "c-" + i;
                TileState oracle = TileState.empty(whole);
                for (Purchase p : purchases) {
                    if (p.customer().equals(customer)) {
                        var event = Objects.requireNonNull(decoder.read(p.json().getBytes(UTF_8), p.ms(), now));
                        oracle.apply(0, p.id(), event.eventTimeMs(), event.columns());
                    }
                }
                double[] expected = new double[whole.width()];
                double[] found = new double[whole.width()];
                assertThat(reader.read(oracle.toValue(1, now, 0), now, expected, 0))
                        .isTrue();
                byte[] batch =
                        jedis.get(StoreKeys.batchValue(Purchases.NS, Purchases.CUSTOMER, List.of(customer), group)
                                .getBytes(UTF_8));
                assertThat(reader.read(
                                Objects.requireNonNull(splice.join(batch, streamed(jedis, group, customer), cut)),
                                now,
                                found,
                                0))
                        .isTrue();
                assertThat(found)
                        .as("%s %s", customer, Arrays.toString(expected))
                        .containsExactly(expected);
            }
        }
    }
}
