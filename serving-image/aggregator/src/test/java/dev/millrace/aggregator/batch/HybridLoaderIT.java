package dev.millrace.aggregator.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.aggregator.Purchases;
import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.EventReader;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileSplice;
import dev.millrace.contract.feature.TileState;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.devkit.store.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Files of events become the batch's part of a hybrid group; with the stream's part they give what one stream would give. */
class HybridLoaderIT {
    private static final Entity CUSTOMER =
            new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")));
    private static final String NS = "payments.fraud";
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final long NOW = Instant.parse("2026-11-28T12:34:56Z").toEpochMilli();
    /** Where the files end. */
    private static final long CUT = NOW - 7 * HOUR - 1234;

    @TempDir
    Path dir;

    private EmbeddedStore store;
    private Jedis jedis;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void start() {
        store = EmbeddedStore.start();
        jedis = new Jedis("127.0.0.1", store.port());
    }

    @AfterEach
    void stop() {
        jedis.close();
        store.close();
    }

    /** Amounts are whole, so that sums are exact in whatever order. */
    private record Purchase(String customer, long ms, long amount, String status) {
        String json() {
            return "{\"customer_id\":\"" + customer + "\",\"amount\":" + amount + ",\"status\":\"" + status
                    + "\",\"ts\":" + ms + "}";
        }
    }

    private static List<Purchase> purchases() {
        Random random = new Random(5);
        List<Purchase> all = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            long ms = NOW - (long) (random.nextDouble() * random.nextDouble() * 40 * DAY);
            all.add(new Purchase(
                    "c-" + random.nextInt(150), ms, random.nextInt(1000), random.nextInt(10) == 0 ? "VOID" : "OK"));
        }
        // the newest in the files, of which the stream has it too
        all.add(new Purchase("c-1", CUT, 77, "OK"));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"parquet", "jsonl", "csv"})
    void batchAndStreamGiveWhatOneStreamWouldGive(String format) throws Exception {
        FeatureGroup group = group(dir.resolve("history"), format, 12 * HOUR);
        List<Purchase> all = purchases();
        // every event up to the cut, in no order, in two files
        List<Purchase> old = all.stream().filter(p -> p.ms() <= CUT).toList();
        write(dir.resolve("history"), "a." + format, format, old.subList(0, old.size() / 2));
        write(dir.resolve("history"), "b." + format, format, old.subList(old.size() / 2, old.size()));

        BatchRun run = load(group, NOW);

        assertThat(run.message()).isNull();
        assertThat(run.errors()).as("%s", told).isZero();
        assertThat(run.batchEnd()).isEqualTo(CUT);
        Map<String, TileState> streams = states(
                TileLayout.of(group),
                group,
                all.stream().filter(p -> p.ms() > NOW - DAY).toList());
        // one that a stream of whole windows would keep, had it seen everything
        Map<String, TileState> oracle = states(TileLayout.whole(group), group, all);
        TileLayout whole = TileLayout.whole(group);
        TileSplice splice = new TileSplice(whole);
        TileReader reader = new TileReader(whole);
        int loaded = 0;
        for (Map.Entry<String, TileState> entity : oracle.entrySet()) {
            byte[] batch = jedis.get(batchKey(group, entity.getKey()).getBytes(UTF_8));
            TileState stream = streams.get(entity.getKey());
            byte[] joined =
                    Objects.requireNonNull(splice.join(batch, stream == null ? null : stream.toValue(1, NOW, 0), CUT));
            for (long later : new long[] {0, HOUR, 10 * HOUR}) {
                double[] expected = new double[whole.width()];
                double[] found = new double[whole.width()];
                assertThat(reader.read(entity.getValue().toValue(1, NOW, 0), NOW + later, expected, 0))
                        .isTrue();
                assertThat(reader.read(joined, NOW + later, found, 0)).isTrue();
                assertThat(found).as("%s %s", entity.getKey(), whole.features()).containsExactly(expected);
            }
            if (batch != null) {
                loaded++;
                ValueHeader header = Objects.requireNonNull(ValueHeader.of(batch));
                assertThat(header.eventTimeMaxMs()).isEqualTo(CUT);
                assertThat(header.seq()).isEqualTo(NOW);
            }
        }
        assertThat(loaded).isEqualTo((int) run.rows()).isGreaterThan(100);
        assertThat(jedis.hget(StoreKeys.meta(NS), "batchEnd:spend.11c0")).isEqualTo(Long.toString(CUT));
        assertThat(jedis.exists(StoreKeys.value(NS, CUSTOMER, List.of("c-1"), group)))
                .as("the stream's part")
                .isFalse();
    }

    @Test
    void aCorrectedRunTakesTheOthersPlace() throws Exception {
        FeatureGroup group = group(dir.resolve("history"), "jsonl", 12 * HOUR);
        Purchase first = new Purchase("c-1", NOW - 2 * DAY, 5, "OK");
        Purchase last = new Purchase("c-2", CUT, 1, "OK");
        write(dir.resolve("history"), "a.jsonl", "jsonl", List.of(first, first, last));
        load(group, NOW);
        assertThat(count(group, "c-1")).isEqualTo(2);

        write(dir.resolve("history"), "a.jsonl", "jsonl", List.of(first, last));
        load(group, NOW + 1);
        assertThat(count(group, "c-1")).isEqualTo(1);

        // one that began before it and ends after it
        write(dir.resolve("history"), "a.jsonl", "jsonl", List.of(first, first, last));
        BatchRun late = load(group, NOW);
        assertThat(late.superseded()).isEqualTo(1);
        assertThat(count(group, "c-1")).isEqualTo(1);
    }

    @Test
    void whatCannotBeUsedIsToldAndTheFutureMovesNoCut() throws Exception {
        FeatureGroup group = group(dir.resolve("history"), "jsonl", 12 * HOUR);
        Path folder = Files.createDirectories(dir.resolve("history"));
        Files.writeString(
                folder.resolve("a.jsonl"),
                new Purchase("c-1", CUT - 1, 5, "OK").json() + "\n"
                        + new Purchase("c-1", NOW + DAY, 5, "OK").json() + "\n"
                        + "{\"amount\":1,\"status\":\"OK\",\"ts\":" + (CUT - 2) + "}\n"
                        + "{\"customer_id\":\"c-3\",\"amount\":1,\"ts\":" + (CUT - 2) + "}\n"
                        + new Purchase("c-9", CUT, 5, "OK").json() + "\n");

        BatchRun run = load(group, NOW);

        assertThat(run.batchEnd()).isEqualTo(CUT);
        assertThat(run.errors()).isEqualTo(3);
        assertThat(run.rows()).isEqualTo(1);
        assertThat(told)
                .anyMatch(line -> line.contains("is in the future"))
                .anyMatch(line -> line.contains("entity key 'customer_id' is missing"))
                .anyMatch(line -> line.contains("filter status == 'OK'"));
    }

    @Test
    void withoutATimeColumnThereIsNoCut() throws Exception {
        Path folder = Files.createDirectories(dir.resolve("history"));
        Files.writeString(folder.resolve("a.jsonl"), "{\"customer_id\":\"c-3\",\"amount\":1}\n");

        assertThatThrownBy(() -> load(group(folder, "jsonl", 12 * HOUR), NOW))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("no column 'ts'")
                .hasMessageContaining("customer_id");
        FeatureGroup group = group(folder, "jsonl", 12 * HOUR, null);
        assertThatThrownBy(() -> load(group, NOW))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("groups[spend].batch.timestampField");
    }

    @Test
    void whatItsProducerSentTwiceIsInTheBatchOnce() throws Exception {
        FeatureGroup group =
                Purchases.deduplicated(group(dir.resolve("history"), "jsonl", 12 * HOUR), "event_id", 600_000);
        Path folder = Files.createDirectories(dir.resolve("history"));
        String first = Purchases.identified(new Purchase("c-1", CUT - 2, 5, "OK").json(), "e-1");
        Files.writeString(
                folder.resolve("a.jsonl"),
                first + "\n" + Purchases.identified(new Purchase("c-1", CUT - 1, 5, "OK").json(), "e-2") + "\n" + first
                        + "\n" + Purchases.identified(new Purchase("c-2", CUT - 1, 5, "OK").json(), "e-1") + "\n"
                        + Purchases.identified(new Purchase("c-9", CUT, 5, "OK").json(), "e-9") + "\n");

        assertThat(load(group, NOW).errors()).isZero();

        assertThat(count(group, "c-1")).isEqualTo(2);
        assertThat(count(group, "c-2")).isEqualTo(1);
    }

    private double count(FeatureGroup group, String customer) {
        TileLayout whole = TileLayout.whole(group);
        double[] out = new double[whole.width()];
        byte[] value = jedis.get(batchKey(group, customer).getBytes(UTF_8));
        assertThat(new TileReader(whole).read(value, NOW, out, 0)).isTrue();
        return out[0];
    }

    private Map<String, TileState> states(TileLayout layout, FeatureGroup group, List<Purchase> purchases)
            throws Exception {
        EventReader reader = EventReader.of(NS, CUSTOMER, group, layout);
        Map<String, TileState> states = new HashMap<>();
        long offset = 0;
        for (Purchase p : purchases.stream()
                .sorted(java.util.Comparator.comparingLong(Purchase::ms))
                .toList()) {
            Event event = reader.read(p.json().getBytes(UTF_8), p.ms(), NOW);
            if (event != null) {
                states.computeIfAbsent(p.customer(), c -> TileState.empty(layout))
                        .apply(0, ++offset, event.eventTimeMs(), event.columns());
            }
        }
        return states;
    }

    private void write(Path folder, String name, String format, List<Purchase> purchases) throws Exception {
        Files.createDirectories(folder);
        Path json = dir.resolve("rows.json");
        Files.write(json, purchases.stream().map(Purchase::json).toList());
        if (format.equals("jsonl")) {
            Files.copy(json, folder.resolve(name), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT customer_id, amount, status, "
                    + (format.equals("parquet") ? "epoch_ms(ts) AS ts" : "ts")
                    + " FROM read_json('" + json + "', format = 'newline_delimited')) TO '" + folder.resolve(name)
                    + "' (FORMAT " + format + ")");
        }
    }

    private BatchRun load(FeatureGroup group, long startMs) throws Exception {
        told.clear();
        AggregatorConfig config = new AggregatorConfig(
                "payments",
                "fraud",
                null,
                new Store("redis://127.0.0.1:" + store.port(), null, null, null),
                List.of(CUSTOMER),
                List.of(group),
                0,
                "127.0.0.1",
                1,
                dir.toString());
        return new BatchLoader(config, told::add)
                .load(group, Worker.alone(), startMs)
                .run();
    }

    private static String batchKey(FeatureGroup group, String customer) {
        return StoreKeys.batchValue(NS, CUSTOMER, List.of(customer), group);
    }

    private static FeatureGroup group(Path path, String format, long maxAgeMs) {
        return group(path, format, maxAgeMs, "ts");
    }

    private static FeatureGroup group(Path path, String format, long maxAgeMs, @Nullable String timestampField) {
        return new FeatureGroup(
                "spend",
                "customer",
                "11c0",
                new FeatureGroup.Stream("purchases", "json", "ts", "ms", 5_000, 600_000, "status == 'OK'", "dlq"),
                new FeatureGroup.Batch(path.toString(), format, timestampField),
                List.of(
                        new Aggregation("count_30d", "count", null, 30 * DAY, Map.of(), "0"),
                        new Aggregation("sum_30d", "sum", "amount", 30 * DAY, Map.of(), "0"),
                        new Aggregation("max_7d", "max", "amount", 7 * DAY, Map.of(), "0"),
                        new Aggregation("sum_1h", "sum", "amount", HOUR, Map.of(), "0"),
                        new Aggregation("last_5", "last_n", "amount", 7 * DAY, Map.of("n", "5"), "0"),
                        new Aggregation("p90", "approx_percentile", "amount", 7 * DAY, Map.of("q", "0.9"), "0")),
                List.of(),
                40 * DAY,
                2_000L,
                null,
                maxAgeMs,
                "Default",
                "Serve");
    }
}
