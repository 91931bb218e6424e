package dev.millrace.aggregator.backfill;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.EventReader;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training set against brute force: for each label, a state of its own that is given the events one after another. */
class BackfillIT {
    private static final Entity CUSTOMER =
            new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")));
    private static final Entity SHOP = new Entity("shop", List.of(new Entity.EntityKey("shop_id", "INT64")));
    private static final long HOUR = 3_600_000;
    private static final long DAY = 24 * HOUR;
    private static final long NOW = Instant.parse("2026-11-28T12:34:56.789Z").toEpochMilli();
    private static final long LATENESS = 600_000;

    @TempDir
    Path dir;

    private final List<String> told = new ArrayList<>();
    private final List<Purchase> purchases = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();

    /** {@code knownMs}: when it was appended. */
    private record Purchase(
            @Nullable String customer, long shop, long ms, long knownMs, double amount, String status, int id) {
        String json() {
            return json(knownMs);
        }

        /** As it was appended at another time. */
        String json(long knownMs) {
            return "{\"id\":" + id + "," + (customer == null ? "" : "\"customer_id\":\"" + customer + "\",")
                    + "\"shop_id\":" + shop
                    + ",\"amount\":" + amount + ",\"status\":\"" + status + "\",\"ts\":" + ms + ",\"appended_at\":"
                    + knownMs + "}";
        }
    }

    private record Label(@Nullable String customer, long shop, long ms, double amount, boolean fraud) {
        String json() {
            return "{" + (customer == null ? "" : "\"customer_id\":\"" + customer + "\",") + "\"shop_id\":" + shop
                    + ",\"amount\":" + amount + ",\"is_fraud\":" + fraud + ",\"event_time\":\""
                    + Instant.ofEpochMilli(ms) + "\"}";
        }
    }

    @BeforeEach
    void history() throws Exception {
        Random random = new Random(11);
        for (int i = 0; i < 3_000; i++) {
            long ms = NOW - (long) (random.nextDouble() * 6 * DAY);
            long delay = random.nextInt(4) == 0 ? random.nextInt((int) (2 * HOUR)) : random.nextInt(50);
            purchases.add(new Purchase(
                    "c-" + random.nextInt(40),
                    random.nextInt(7),
                    ms,
                    ms + delay,
                    random.nextInt(100_000) / 100.0,
                    random.nextInt(8) == 0 ? "VOID" : "OK",
                    i));
        }
        purchases.add(new Purchase(null, 1, NOW - HOUR, NOW - HOUR, 1, "OK", -1));
        for (int i = 0; i < 400; i++) {
            labels.add(new Label(
                    i % 50 == 0 ? null : "c-" + random.nextInt(45),
                    random.nextInt(8),
                    // some at the very ms of an event, which they must not see
                    i % 5 == 0 ? purchases.get(i).ms() : NOW - (long) (random.nextDouble() * 6 * DAY),
                    i,
                    random.nextBoolean()));
        }
        Files.write(
                dir.resolve("labels.jsonl"), labels.stream().map(Label::json).toList());
        Path folder = Files.createDirectory(dir.resolve("purchases"));
        List<String> lines = purchases.stream().map(Purchase::json).toList();
        Files.write(folder.resolve("a.jsonl"), lines.subList(0, 1_000));
        Files.write(folder.resolve("b.jsonl"), lines.subList(1_000, lines.size()));
        // their producer sent some again, a moment later or an hour
        Files.write(
                folder.resolve("c.jsonl"),
                purchases.subList(0, 300).stream()
                        .map(p -> p.json(p.knownMs() + (p.id() % 2 == 0 ? 1 : HOUR)))
                        .toList());
        Files.writeString(
                dir.resolve("risk.csv"),
                "shop_id,risk,updated_at\n1,0.5," + Instant.ofEpochMilli(NOW - 5 * DAY) + "\n1,0.25,"
                        + Instant.ofEpochMilli(NOW - DAY) + "\n2,0.1," + Instant.ofEpochMilli(NOW - 3 * DAY) + "\n");
        Files.writeString(dir.resolve("serving.json"), Json.write(config()));
    }

    @Test
    void everyRowIsWhatAServerWouldHaveRead() throws Exception {
        assertThat(run("--out", dir.resolve("train.parquet").toString())).isZero();

        assertThat(told).anyMatch(line -> line.contains("entity key 'customer_id' is missing"));
        assertThat(told.get(told.size() - 1)).endsWith("rows=400 rejectedEvents=1");
        List<Object[]> rows = rows(dir.resolve("train.parquet"));
        assertThat(rows).hasSize(labels.size());
        for (int i = 0; i < rows.size(); i++) {
            Label label = labels.get(i);
            Object[] row = rows.get(i);
            double[] spent = expected(purchasesGroup(), label.customer(), label.ms());
            double[] sold = expected(salesGroup(), String.valueOf(label.shop()), label.ms());
            assertThat(row)
                    .as("%d: %s", i, label)
                    .containsExactly(
                            label.customer(),
                            label.fraud(),
                            label.amount(),
                            spent == null ? -1.0 : spent[0],
                            spent == null ? 0.0 : spent[1],
                            spent == null ? null : spent[2],
                            sold == null ? 0.0 : sold[0],
                            risk(label),
                            3.0);
        }
        assertThat(rows.stream().filter(row -> row[3].equals(-1.0)).count())
                .as("labels of customers that nobody knows")
                .isPositive();
    }

    @Test
    void theNumberOfWorkersChangesNothing() throws Exception {
        run("--out", dir.resolve("1.parquet").toString());
        for (int workers : new int[] {2, 3, 7}) {
            Path out = dir.resolve(workers + ".parquet");
            assertThat(run("--out", out.toString(), "--workers", Integer.toString(workers)))
                    .isZero();
            assertThat(Files.readAllBytes(out))
                    .as("%d workers", workers)
                    .isEqualTo(Files.readAllBytes(dir.resolve("1.parquet")));
        }
    }

    @Test
    void partsOfSeveralMachinesAreTheWhole() throws Exception {
        run("--out", dir.resolve("1.parquet").toString());
        Path parts = dir.resolve("parts");
        for (int i = 2; i >= 0; i--) {
            assertThat(run("--out", parts.toString(), "--part", i + "/3")).isZero();
        }

        assertThat(Files.list(parts).map(p -> p.getFileName().toString()))
                .containsExactlyInAnyOrder("part-00000.parquet", "part-00001.parquet", "part-00002.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet different =
                        statement.executeQuery("SELECT count(*) FROM (SELECT * EXCLUDE (millrace_row) FROM"
                                + " read_parquet('" + parts + "/*.parquet') EXCEPT ALL SELECT * FROM read_parquet('"
                                + dir.resolve("1.parquet") + "'))")) {
            different.next();
            assertThat(different.getLong(1)).isZero();
        }
    }

    @Test
    void whatIsMissingIsNamed() throws Exception {
        List<String> args = new ArrayList<>(List.of(
                "--config",
                dir.resolve("serving.json").toString(),
                "--labels",
                dir.resolve("labels.jsonl").toString()));
        assertThat(Main.run(args.toArray(String[]::new), told::add)).isEqualTo(2);
        args.addAll(List.of("--out", dir.resolve("train.parquet").toString()));
        assertThat(Main.run(args.toArray(String[]::new), told::add)).isEqualTo(2);
        assertThat(run("--out", dir.resolve("t.parquet").toString(), "--label-time", "is_fraud"))
                .isEqualTo(1);
        Files.writeString(
                dir.resolve("labels.jsonl"), "{\"customer_id\":\"c-1\",\"shop_id\":1,\"event_time\":1795866900000}\n");
        assertThat(run("--out", dir.resolve("t.parquet").toString()))
                .as("no amount, which has no default")
                .isEqualTo(1);
        assertThat(run("--out", dir.resolve("t.parquet").toString(), "--part", "3/3"))
                .isEqualTo(2);
        assertThat(dir.resolve("t.parquet")).doesNotExist();
    }

    /** Null when the store would have had nothing. */
    private double @Nullable [] expected(FeatureGroup group, @Nullable String id, long t) throws Exception {
        TileLayout layout = TileLayout.of(group);
        EventReader reader = EventReader.of("test", entity(group), group, layout);
        boolean byCustomer = group.entity().equals("customer");
        TileState state = TileState.empty(layout);
        long written = -1;
        int offset = 0;
        // stable: at equal times the order of the files
        for (Purchase p : purchases.stream()
                .filter(p -> p.customer() != null || !byCustomer)
                .filter(p -> Objects.equals(byCustomer ? p.customer() : String.valueOf(p.shop()), id))
                .filter(p -> p.ms() < t && visible(group, p) <= t)
                .sorted(Comparator.<Purchase>comparingLong(p -> Math.max(p.ms() + 1, visible(group, p)))
                        .thenComparingLong(Purchase::ms))
                .toList()) {
            Event event = reader.read(p.json().getBytes(UTF_8), 0, NOW);
            if (event != null
                    && state.apply(0, ++offset, event.eventTimeMs(), event.columns()) == TileState.Outcome.APPLIED) {
                written = Math.max(p.ms(), visible(group, p));
            }
        }
        if (written < 0 || t - written > group.ttlMs()) {
            return null;
        }
        double[] out = new double[layout.width()];
        assertThat(new TileReader(layout).read(state.toValue(0, t, 0), t, out, 0))
                .isTrue();
        return Arrays.stream(out).toArray();
    }

    /** Only one of the groups says when its events were known. */
    private static long visible(FeatureGroup group, Purchase p) {
        return group.name().equals("purchases") ? p.knownMs() : p.ms();
    }

    /** As FP32 holds it; the default, where the latest row before the label is older than two days. */
    private static double risk(Label label) {
        long ago = NOW - label.ms();
        if (label.shop() == 1) {
            return ago < DAY ? 0.25 : ago >= 3 * DAY && ago < 5 * DAY ? 0.5 : 0.9;
        }
        return label.shop() == 2 && ago >= DAY && ago < 3 * DAY ? 0.1f : 0.9;
    }

    private int run(String... more) {
        told.clear();
        List<String> args = new ArrayList<>(List.of(
                "--config",
                dir.resolve("serving.json").toString(),
                "--labels",
                dir.resolve("labels.jsonl").toString(),
                "--events",
                "purchases=" + dir.resolve("purchases"),
                "--known-at",
                "purchases=appended_at",
                "--events",
                "sales=" + dir.resolve("purchases"),
                "--events",
                "shops=" + dir.resolve("risk.csv")));
        args.addAll(List.of(more));
        return Main.run(args.toArray(String[]::new), told::add);
    }

    /** Customer and label, then the vector. */
    private static List<Object[]> rows(Path parquet) throws Exception {
        List<Object[]> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT customer_id, is_fraud, amount, \"purchases.count_1d\","
                                + " \"purchases.sum_1h\", \"purchases.last\", \"sales.max_3d\", \"shops.risk\", channel FROM read_parquet('"
                                + parquet + "')")) {
            while (result.next()) {
                Object[] row = new Object[9];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getObject(i + 1);
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Entity entity(FeatureGroup group) {
        return group.entity().equals("customer") ? CUSTOMER : SHOP;
    }

    private static FeatureGroup purchasesGroup() {
        return stream(
                "purchases",
                "customer",
                List.of(
                        new Aggregation("count_1d", "count", null, DAY, Map.of(), "-1"),
                        new Aggregation("sum_1h", "sum", "amount", HOUR, Map.of(), "0"),
                        // no default: where there is none the column is null
                        new Aggregation("last", "last", "amount", DAY, Map.of(), null)));
    }

    private static FeatureGroup salesGroup() {
        return stream("sales", "shop", List.of(new Aggregation("max_3d", "max", "amount", 3 * DAY, Map.of(), "0")));
    }

    private static FeatureGroup stream(String name, String entity, List<Aggregation> aggregations) {
        return new FeatureGroup(
                name,
                entity,
                "7f3a",
                new FeatureGroup.Stream(
                        "purchases",
                        "json",
                        "ts",
                        "ms",
                        5_000,
                        LATENESS,
                        "status == 'OK'",
                        "dlq",
                        null,
                        new FeatureGroup.Dedup("id", DAY)),
                null,
                aggregations,
                List.of(),
                4 * DAY,
                2_000L,
                null,
                null,
                "Default",
                "Serve");
    }

    private static ServingConfig config() {
        FeatureGroup shops = new FeatureGroup(
                "shops",
                "shop",
                "01ab",
                null,
                new FeatureGroup.Batch("", "csv", "updated_at"),
                List.of(),
                List.of(new FeatureGroup.Column("risk", "FP32", "0.9")),
                2 * DAY * 3,
                null,
                null,
                2 * DAY,
                "Default",
                "Default");
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
                        List.of(CUSTOMER, SHOP),
                        List.of(purchasesGroup(), salesGroup(), shops),
                        List.of(
                                new RequestField("amount", "FP32", true, null),
                                // not in the labels
                                new RequestField("channel", "FP32", false, "3")),
                        List.of(
                                "amount",
                                "purchases.count_1d",
                                "purchases.sum_1h",
                                "purchases.last",
                                "sales.max_3d",
                                "shops.risk",
                                "channel"),
                        "Default",
                        "Serve"),
                null,
                null,
                null,
                null,
                null);
    }
}
