package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hybrid group with a real Redis: before, during and after a run of its batch, and when the batch stays away. */
class HybridIT {
    private static final long HOUR = 3_600_000;
    private static final FeatureGroup GROUP = Specs.hybrid(3 * HOUR);

    @TempDir
    Path dir;

    private TestStore store;
    private @Nullable ModelServer server;
    private @Nullable Caller caller;
    /** A whole hour, so that a cut at it is at the edge of a tile. */
    private final long hour = System.currentTimeMillis() / HOUR * HOUR;

    @BeforeEach
    void startStore() throws IOException {
        store = TestStore.start(dir, TestStore.freePort());
    }

    @AfterEach
    void stop() {
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
        store.close();
    }

    private Caller start() {
        ModelServer started = ModelServer.start(Specs.config(Specs.features(store.address(), GROUP), null, null, null));
        server = started;
        Caller c = new Caller(started.ports());
        caller = c;
        c.awaitState("Ready");
        return c;
    }

    private static JsonObject purchases(Caller c, String customer) throws Exception {
        return Caller.prediction(c.predict(customer, 100))
                .getJsonArray("explain")
                .getJsonObject(1);
    }

    /** Awaits it, since the server looks at heartbeats and runs four times a second. */
    private void awaitCount(Caller c, String customer, double count, String status) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            // heartbeats go on
            store.heartbeat(GROUP);
            JsonObject feature = purchases(c, customer);
            assertThat(feature.getDouble("value")).as("%s", feature).isEqualTo(count);
            assertThat(feature.getString("status")).as("%s", feature).isEqualTo(status);
        });
    }

    @Test
    void everyEventCountsOnceWhereverTheRunIs() throws Exception {
        // two long ago, one that both have, one after the cut
        store.streamed(GROUP, "c-17", hour - HOUR / 2, hour);
        Caller c = start();

        awaitCount(c, "c-17", 2, "Stale");
        c.awaitAtLeast(1, "millrace_feature_reads_total", "group=\"purchases\"", "result=\"gap\"");
        assertThat(group(c)).isEqualTo("Stale BatchTooOld");

        // the run is half way: this customer is loaded, its end is not on record yet
        store.loaded(GROUP, "c-17", hour, hour - 9 * HOUR, hour - 5 * HOUR, hour - HOUR / 2);
        awaitCount(c, "c-17", 4, "Fresh");

        // another is not reached, and counts what the stream has
        store.streamed(GROUP, "c-18", hour - HOUR / 2, hour);
        awaitCount(c, "c-18", 2, "Stale");

        // it has no events before the run's end but those that the stream has too: so the run writes nothing for it
        store.batchEnd(GROUP, hour - HOUR);
        awaitCount(c, "c-18", 2, "Fresh");
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            store.heartbeat(GROUP);
            assertThat(group(c)).isEqualTo("Fresh null");
        });

        // a later run that knows it no more: what an earlier one wrote does not count any longer
        store.loaded(GROUP, "c-18", hour - HOUR, hour - 7 * HOUR);
        awaitCount(c, "c-18", 3, "Fresh");
        store.batchEnd(GROUP, hour);
        awaitCount(c, "c-18", 1, "Fresh");

        // one that went silent before the cut
        store.loaded(GROUP, "c-19", hour, hour - 3 * HOUR, hour - 2 * HOUR);
        awaitCount(c, "c-19", 2, "Fresh");
    }

    @Test
    void aLateBatchSaysSoBeforeEventsAreMissed() throws Exception {
        store.streamed(GROUP, "c-17", hour);
        store.loaded(GROUP, "c-17", hour - 4 * HOUR, hour - 6 * HOUR);
        store.batchEnd(GROUP, hour - 4 * HOUR);
        Caller c = start();

        awaitCount(c, "c-17", 2, "Stale");
        assertThat(c.metric("millrace_feature_reads_total", "group=\"purchases\"", "result=\"gap\""))
                .isZero();
        assertThat(group(c)).isEqualTo("Stale BatchTooOld");

        // twice the age that it may have: the stream has forgotten what came next
        store.loaded(GROUP, "c-17", hour - 8 * HOUR, hour - 9 * HOUR);
        store.batchEnd(GROUP, hour - 8 * HOUR);
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            store.heartbeat(GROUP);
            purchases(c, "c-17");
            assertThat(c.metric("millrace_feature_reads_total", "group=\"purchases\"", "result=\"gap\""))
                    .isPositive();
        });
        awaitCount(c, "c-17", 2, "Stale");
    }

    @Test
    void aDamagedPartIsAnErrorAndNoNumber() throws Exception {
        store.streamed(GROUP, "c-17", hour);
        store.batchEnd(GROUP, hour);
        store.corruptBatch(GROUP, "c-17");
        Caller c = start();

        awaitCount(c, "c-17", 0, "Default");
        c.awaitAtLeast(1, "millrace_feature_reads_total", "group=\"purchases\"", "result=\"error\"");
    }

    private static String group(Caller c) throws Exception {
        return c.status().getJsonArray("features").stream()
                .map(JsonObject.class::cast)
                .filter(g -> g.getString("group").equals("purchases"))
                .map(g -> g.getString("state") + " " + g.getString("reason"))
                .findFirst()
                .orElseThrow();
    }
}
