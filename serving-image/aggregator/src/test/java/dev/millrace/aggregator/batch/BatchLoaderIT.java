package dev.millrace.aggregator.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.Store;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.devkit.store.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** Files become values of a real store. */
class BatchLoaderIT {
    private static final Entity CUSTOMER =
            new Entity("customer", List.of(new Entity.EntityKey("customer_id", "STRING")));
    private static final String NS = "payments.fraud";
    private static final String CSV =
            """
            customer_id,avg_30d_spend,account_age_days,unused,updated_at
            c-1,10.5,400,x,2026-11-24T02:00:00Z
            0017,20.25,,y,2026-11-24 03:00:00
            """;

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

    @ParameterizedTest
    @ValueSource(strings = {"csv", "jsonl", "parquet"})
    void everyFormatGivesTheSameValues(String format) throws Exception {
        Path file = dir.resolve("profile." + format);
        switch (format) {
            case "csv" -> Files.writeString(file, CSV);
            case "jsonl" ->
                Files.writeString(
                        file,
                        """
                    {"customer_id":"c-1","avg_30d_spend":10.5,"account_age_days":400,"updated_at":"2026-11-24T02:00:00Z"}
                    {"customer_id":"0017","avg_30d_spend":20.25,"updated_at":"2026-11-24 03:00:00"}
                    """);
            default ->
                parquet(
                        file,
                        "SELECT * FROM (VALUES ('c-1', 10.5::DOUBLE, 400::INTEGER, TIMESTAMPTZ '2026-11-24"
                                + " 02:00:00+00'), ('0017', 20.25, NULL, TIMESTAMPTZ '2026-11-24 03:00:00+00'))"
                                + " t(customer_id, avg_30d_spend, account_age_days, updated_at)");
        }
        FeatureGroup group = group(file, format, "updated_at");
        BatchRun run = load(group, 1_800_000_000_000L);

        assertThat(run.rows()).isEqualTo(2);
        assertThat(run.errors()).isZero();
        assertThat(read(group, "c-1")).containsExactly(10.5, 400);
        assertThat(read(group, "0017")).as("a null has the default").containsExactly(20.25, 30);
        assertThat(header(group, "c-1").eventTimeMaxMs())
                .as("the row's own time")
                .isEqualTo(1_795_485_600_000L);
        assertThat(jedis.pttl(key(group, "c-1"))).isBetween(1L, group.ttlMs());
        assertThat(jedis.hget(StoreKeys.meta(NS), "batchEnd:profile.ab12"))
                .as("newest row")
                .isEqualTo(Long.toString(1_795_489_200_000L));
        BatchRun recorded = Json.read(jedis.hget(StoreKeys.meta(NS), "batchRun:profile.ab12"), BatchRun.class);
        assertThat(recorded).isEqualTo(run);
    }

    @Test
    void aCorrectedRunWinsAndAnOlderOneLoses() throws Exception {
        Path file = dir.resolve("profile.csv");
        Files.writeString(file, "customer_id,avg_30d_spend,account_age_days\nc-1,1,10\n");
        FeatureGroup group = group(file, "csv", null);
        load(group, 2_000);
        Files.writeString(file, "customer_id,avg_30d_spend,account_age_days\nc-1,2,10\n");
        load(group, 3_000);
        assertThat(read(group, "c-1")).containsExactly(2, 10);

        Files.writeString(file, "customer_id,avg_30d_spend,account_age_days\nc-1,99,10\nc-2,5,10\n");
        BatchRun late = load(group, 2_500);
        assertThat(late.superseded()).isEqualTo(1);
        assertThat(late.rows()).isEqualTo(1);
        assertThat(read(group, "c-1"))
                .as("the later start wins, not the later end")
                .containsExactly(2, 10);
        assertThat(read(group, "c-2")).containsExactly(5, 10);
        assertThat(jedis.hget(StoreKeys.meta(NS), "batchEnd:profile.ab12")).isEqualTo("3000");
    }

    @Test
    void aMountedConfigMapIsReadOnceAndThroughItsLinks() throws Exception {
        Path data = Files.createDirectories(dir.resolve("..2026_11_25"));
        Files.writeString(data.resolve("profile.csv"), CSV);
        Files.createSymbolicLink(dir.resolve("..data"), Path.of("..2026_11_25"));
        Files.createSymbolicLink(dir.resolve("profile.csv"), Path.of("..data/profile.csv"));
        FeatureGroup group = group(dir, "csv", "updated_at");
        BatchRun run = load(group, 1_000);
        assertThat(run.rows()).isEqualTo(2);
        assertThat(read(group, "c-1")).containsExactly(10.5, 400);
    }

    @Test
    void badRowsAreToldWithFileRowAndColumnAndTheOthersLoad() throws Exception {
        Path file = dir.resolve("profile.csv");
        Files.writeString(file, "customer_id,avg_30d_spend,account_age_days\nc-1,abc,1\n,1,1\nc-3,3,1.5\nc-4,4,40\n");
        FeatureGroup group = group(file, "csv", null);
        BatchRun run = load(group, 1_000);
        assertThat(run.rows()).isEqualTo(1);
        assertThat(run.errors()).isEqualTo(3);
        assertThat(read(group, "c-4")).containsExactly(4, 40);
        assertThat(told)
                .anySatisfy(line -> assertThat(line).contains("profile.csv row 1", "avg_30d_spend", "'abc'"))
                .anySatisfy(line -> assertThat(line).contains("row 2", "customer_id"))
                .anySatisfy(line -> assertThat(line).contains("row 3", "account_age_days"));
    }

    @Test
    void aMissingColumnNamesFileAndColumnAndLeavesBatchEnd() throws Exception {
        Path file = dir.resolve("profile.csv");
        Files.writeString(file, "customer_id,avg_30d_spend\nc-1,1\n");
        FeatureGroup group = group(file, "csv", null);
        assertThatThrownBy(() -> load(group, 1_000))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("profile.csv")
                .hasMessageContaining("'account_age_days'");
        assertThat(jedis.hget(StoreKeys.meta(NS), "batchEnd:profile.ab12")).isNull();
        assertThat(Json.read(jedis.hget(StoreKeys.meta(NS), "batchRun:profile.ab12"), BatchRun.class)
                        .message())
                .contains("account_age_days");
    }

    @Test
    void aLargeFileNeedsLittleMemory() throws Exception {
        Path file = dir.resolve("profile.parquet");
        parquet(
                file,
                "SELECT 'c-' || i AS customer_id, i / 7.0 AS avg_30d_spend, (i % 1000)::INTEGER AS account_age_days"
                        + " FROM range(200000) t(i)");
        FeatureGroup group = group(dir, "parquet", null);
        System.gc();
        long before = used();
        BatchRun run = load(group, 1_000);
        System.gc();
        System.out.printf("200000 rows: %s, heap grew by %d KiB%n", run.summary(), Math.max(0, used() - before) / 1024);
        assertThat(run.rows()).isEqualTo(200_000);
        assertThat(read(group, "c-199999")).containsExactly((float) (199_999 / 7.0), 999);
    }

    @Test
    void theCommandSaysWhatWentWrongByItsExitCode() throws Exception {
        Path file = dir.resolve("profile.csv");
        Files.writeString(file, CSV);
        Path document = dir.resolve("aggregator.json");
        Files.writeString(document, Json.write(config(group(file, "csv", null))));
        assertThat(Main.run(new String[] {"--config", document.toString(), "--group", "profile"}))
                .isZero();
        assertThat(Main.run(new String[] {"--config", document.toString()})).isZero();
        assertThat(Main.run(new String[] {"--config", document.toString(), "--group", "other"}))
                .isEqualTo(Main.USAGE);
        Files.delete(file);
        assertThat(Main.run(new String[] {"--config", document.toString()})).isEqualTo(Main.SOURCE);
    }

    private static long used() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private BatchRun load(FeatureGroup group, long startMs) throws Exception {
        return new BatchLoader(config(group), told::add)
                .load(group, Worker.alone(), startMs)
                .run();
    }

    private static void parquet(Path file, String query) throws Exception {
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet)");
        }
    }

    private AggregatorConfig config(FeatureGroup group) {
        return new AggregatorConfig(
                "payments",
                "fraud",
                null,
                new Store(store.address(), null, null, null),
                List.of(CUSTOMER),
                List.of(group),
                0,
                "127.0.0.1",
                1,
                dir.toString());
    }

    private static FeatureGroup group(Path path, String format, @Nullable String timestampField) {
        return new FeatureGroup(
                "profile",
                "customer",
                "ab12",
                null,
                new FeatureGroup.Batch(path.toString(), format, timestampField),
                List.of(),
                List.of(new Column("avg_30d_spend", "FP32", "0"), new Column("account_age_days", "INT32", "30")),
                129_600_000,
                null,
                null,
                93_600_000L,
                "Default",
                "Serve");
    }

    private byte[] key(FeatureGroup group, String customer) {
        return StoreKeys.value(NS, CUSTOMER, List.of(customer), group).getBytes(UTF_8);
    }

    private double @Nullable [] read(FeatureGroup group, String customer) {
        byte[] value = jedis.get(key(group, customer));
        ColumnCodec codec = ColumnCodec.of(group);
        double[] out = new double[codec.width()];
        return value != null && codec.decode(value, out, 0) ? out : null;
    }

    private ValueHeader header(FeatureGroup group, String customer) {
        return Objects.requireNonNull(ValueHeader.of(jedis.get(key(group, customer))));
    }
}
