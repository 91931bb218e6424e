package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.config.FeatureGroup.Sql;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.Store;
import dev.millrace.devkit.database.EmbeddedPostgres;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sql groups of a server with a real PostgreSQL and a real Redis: nothing that happens to the database makes a call wait. */
class SqlGroupIT {
    /** Longer than the test: what is asked while the database hangs does not end by itself. */
    private static final long NEVER_MS = 600_000;

    private static final long REFRESH_MS = 200;

    @TempDir
    Path dir;

    private @Nullable EmbeddedPostgres postgres;
    private @Nullable TestStore store;
    private @Nullable ModelServer server;
    private @Nullable Caller caller;

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
        if (store != null) {
            store.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private FeatureGroup group(String name, String query, long timeoutMs, String column, String byDefault) {
        return new FeatureGroup(
                name,
                "customer",
                "5a1c",
                null,
                null,
                List.of(),
                List.of(new Column(column, "FP32", byDefault)),
                86_400_000,
                null,
                null,
                3_600_000L,
                "Default",
                "Serve",
                new Sql(dir.resolve("pg").toString(), query, REFRESH_MS, timeoutMs, 1, 1_000));
    }

    private Features features(String address) {
        return new Features(
                new Store(address, null, null, null),
                List.of(Specs.CUSTOMER),
                List.of(
                        group(
                                "notes",
                                "SELECT chargebacks FROM notes WHERE customer = $1",
                                NEVER_MS,
                                "chargebacks",
                                "1"),
                        Specs.profile(),
                        group("slow", "SELECT 1::int2 AS n FROM pg_sleep(600) WHERE $1 <> ''", 50, "n", "0")),
                List.of(
                        new RequestField("amount", "FP32", true, null),
                        new RequestField("channel", "INT64", false, "1")),
                List.of("amount", "notes.chargebacks", "profile.risk"),
                "Default",
                "Serve");
    }

    private void secret(String key, String value) throws Exception {
        Files.createDirectories(dir.resolve("pg"));
        Files.writeString(dir.resolve("pg").resolve(key), value + "\n");
    }

    private static void await(ThrowingCallable that) {
        Awaitility.await().atMost(Duration.ofSeconds(90)).untilAsserted(that::call);
    }

    /** The sql feature of a call: its value and status. */
    private static String feature(Caller c, String customer) throws Exception {
        Caller.Reply reply = c.predict(customer, 100);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        JsonObject feature = Caller.prediction(reply).getJsonArray("explain").getJsonObject(1);
        return feature.getDouble("value") + " " + feature.getString("status");
    }

    private static void awaitFeature(Caller c, String expected) {
        await(() -> assertThat(feature(c, "c-17")).isEqualTo(expected));
    }

    private static String status(Caller c, String group) throws Exception {
        return c.status().getJsonArray("features").stream()
                .map(JsonObject.class::cast)
                .filter(g -> g.getString("group").equals(group))
                .map(g -> g.getString("state") + " " + g.getString("reason"))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitStatus(Caller c, String expected) {
        await(() -> assertThat(status(c, "notes")).isEqualTo(expected));
    }

    private static double queries(Caller c, String group, String outcome) throws Exception {
        return c.metric("millrace_sql_queries_total", "group=\"" + group + "\"", "outcome=\"" + outcome + "\"");
    }

    @Test
    void rowsAreReadBesideTheCallsWhateverBecomesOfTheDatabase() throws Exception {
        Assumptions.assumeTrue(EmbeddedPostgres.isInstalled(), "no PostgreSQL: apt-get install postgresql");
        EmbeddedPostgres db = EmbeddedPostgres.start("owner's");
        postgres = db;
        db.run(
                "CREATE ROLE reader LOGIN PASSWORD 'first'",
                "CREATE TABLE notes (customer text PRIMARY KEY, chargebacks int8)",
                "GRANT SELECT ON notes TO reader",
                "INSERT INTO notes VALUES ('c-17', 3)");
        secret("host", "127.0.0.1");
        secret("port", String.valueOf(db.port()));
        secret("database", EmbeddedPostgres.USER);
        secret("username", "reader");
        secret("password", "first");
        TestStore redis = TestStore.start(dir, TestStore.freePort());
        store = redis;
        redis.risk("c-17", 0.9, 0);
        ModelServer started = ModelServer.start(Specs.config(features(redis.address()), null, null, null));
        server = started;
        Caller c = new Caller(started.ports());
        caller = c;
        c.awaitState("Ready");
        // the query was tried at the start, without an entity
        awaitStatus(c, "Fresh null");
        assertThat(queries(c, "notes", "row")).as("the warm-up reads no rows").isZero();

        theFirstCallHasTheDefaultAndLaterOnesTheRow(c, db);
        whatTakesTooLongIsCancelled(c, db);
        aColumnThatIsNoNumberIsNamed(c, db);
        aChangedPasswordIsReadAgain(c, db);
        whoAnswersIsChecked(c, db);
        whileTheDatabaseHangsCallsGoOn(c, db);
        withoutTheDatabaseCallsGoOn(c, db);
    }

    private static void theFirstCallHasTheDefaultAndLaterOnesTheRow(Caller c, EmbeddedPostgres db) throws Exception {
        assertThat(feature(c, "c-17")).isEqualTo("1.0 Default");
        awaitFeature(c, "3.0 Fresh");
        db.run("UPDATE notes SET chargebacks = 5");
        awaitFeature(c, "5.0 Fresh");
        db.run("DELETE FROM notes");
        awaitFeature(c, "1.0 Default");
        assertThat(queries(c, "notes", "none")).isPositive();
        db.run("INSERT INTO notes VALUES ('c-17', NULL)");
        double before = queries(c, "notes", "row");
        await(() -> {
            assertThat(feature(c, "c-17")).as("null is the default").isEqualTo("1.0 Fresh");
            assertThat(queries(c, "notes", "row")).isGreaterThan(before);
        });
        db.run("UPDATE notes SET chargebacks = 6");
        awaitFeature(c, "6.0 Fresh");
        assertThat(c.metric("millrace_feature_reads_total", "group=\"notes\"", "result=\"fresh\""))
                .isPositive();
        assertThat(c.metric("millrace_feature_reads_total", "group=\"notes\"", "result=\"default\""))
                .isPositive();
        assertThat(c.metric("millrace_sql_cache_entries", "group=\"notes\"")).isEqualTo(1);
    }

    private static void whatTakesTooLongIsCancelled(Caller c, EmbeddedPostgres db) throws Exception {
        await(() -> {
            feature(c, "c-18");
            assertThat(queries(c, "slow", "timeout")).isPositive();
        });
        await(() -> assertThat(
                        db.run("SELECT count(*) FROM pg_stat_activity WHERE usename = 'reader' AND state = 'active'"
                                + " AND query LIKE '%pg_sleep%'"))
                .isEqualTo("0"));
    }

    private static void aColumnThatIsNoNumberIsNamed(Caller c, EmbeddedPostgres db) throws Exception {
        db.run("ALTER TABLE notes ALTER chargebacks TYPE text");
        await(() -> {
            assertThat(feature(c, "c-17")).as("what is known stays").isEqualTo("6.0 Fresh");
            assertThat(status(c, "notes")).isEqualTo("Stale ColumnMismatch");
        });
        assertThat(c.status().getString("message"))
                .contains("features.groups[notes].columns[chargebacks]", "text", "::float8");
        db.run("ALTER TABLE notes ALTER chargebacks TYPE int8 USING chargebacks::int8 + 1");
        awaitFeature(c, "7.0 Fresh");
        awaitStatus(c, "Fresh null");
    }

    private void aChangedPasswordIsReadAgain(Caller c, EmbeddedPostgres db) throws Exception {
        db.run(
                "ALTER ROLE reader PASSWORD 'second'",
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'");
        await(() -> {
            assertThat(feature(c, "c-17")).isEqualTo("7.0 Fresh");
            assertThat(status(c, "notes")).isEqualTo("Stale DatabaseUnavailable");
        });
        assertThat(c.status().getString("message"))
                .contains("password authentication failed")
                .doesNotContain("first");
        secret("password", "second");
        db.run("UPDATE notes SET chargebacks = 8");
        awaitFeature(c, "8.0 Fresh");
        awaitStatus(c, "Fresh null");
    }

    private void whoAnswersIsChecked(Caller c, EmbeddedPostgres db) throws Exception {
        TestCertificate.make(dir, "postgres", dir.resolve("server.crt"), dir.resolve("server.key"));
        TestCertificate.make(dir, "another", dir.resolve("another.crt"), dir.resolve("another.key"));
        db.offerTls(dir.resolve("server.crt"), dir.resolve("server.key"));
        secret("sslmode", "verify-full");
        secret("ca.crt", Files.readString(dir.resolve("another.crt")));
        db.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'");
        await(() -> {
            assertThat(feature(c, "c-17")).isEqualTo("8.0 Fresh");
            assertThat(status(c, "notes")).isEqualTo("Stale DatabaseUnavailable");
        });
        db.run("UPDATE notes SET chargebacks = 11");
        secret("ca.crt", Files.readString(dir.resolve("server.crt")));
        awaitFeature(c, "11.0 Fresh");
        assertThat(
                        db.run(
                                "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'reader'"))
                .isEqualTo("t");
        db.run("UPDATE notes SET chargebacks = 8");
        awaitFeature(c, "8.0 Fresh");
    }

    private static void whileTheDatabaseHangsCallsGoOn(Caller c, EmbeddedPostgres db) throws Exception {
        double connected = c.metric("millrace_sql_connections_in_use", "group=\"notes\"");
        assertThat(connected).as("a query under way").isLessThanOrEqualTo(1);
        double before = queries(c, "notes", "row");
        db.freeze();
        // a query is sent and has no answer: of that group no other can be
        await(() -> {
            double answered = queries(c, "notes", "row");
            feature(c, "c-17");
            feature(c, "c-17");
            assertThat(c.metric("millrace_sql_connections_in_use", "group=\"notes\""))
                    .isEqualTo(1);
            assertThat(queries(c, "notes", "row")).isEqualTo(answered).isGreaterThanOrEqualTo(before);
        });
        double answered = queries(c, "notes", "row");
        for (int i = 0; i < 200; i++) {
            assertThat(feature(c, "c-17")).isEqualTo("8.0 Fresh");
            assertThat(feature(c, "new-" + i)).isEqualTo("1.0 Default");
        }
        assertThat(c.metric("millrace_sql_connections_in_use", "group=\"notes\""))
                .as("it hangs still")
                .isEqualTo(1);
        assertThat(queries(c, "notes", "row")).as("rows read meanwhile").isEqualTo(answered);
        db.thaw();
        db.run("UPDATE notes SET chargebacks = 9");
        awaitFeature(c, "9.0 Fresh");
    }

    private static void withoutTheDatabaseCallsGoOn(Caller c, EmbeddedPostgres db) throws Exception {
        db.stop();
        await(() -> {
            assertThat(feature(c, "c-17")).isEqualTo("9.0 Fresh");
            assertThat(feature(c, "unknown")).isEqualTo("1.0 Default");
            assertThat(status(c, "notes")).isEqualTo("Stale DatabaseUnavailable");
        });
        double skipped = queries(c, "notes", "skipped");
        await(() -> {
            feature(c, "unknown");
            assertThat(queries(c, "notes", "skipped")).as("not even asked for").isGreaterThan(skipped);
        });
        db.start();
        db.run("UPDATE notes SET chargebacks = 10");
        awaitFeature(c, "10.0 Fresh");
        awaitStatus(c, "Fresh null");
    }
}
