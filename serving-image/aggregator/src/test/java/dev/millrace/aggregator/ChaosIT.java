package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contract.config.AggregatorConfig;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/**
 * 20 000 events, 200 customers, a slow store and two SIGKILLs, at-least-once and exactly-once (features reference 10.2). Both
 * holes are aimed at: the first kill falls when the changelog has states whose offsets are not committed (double count without
 * the offset guard); the second when all events have been processed and the last values still wait for the store (lost tail
 * without the barrier).
 *
 * <p>{@link #withoutTheBarrierTheLastValuesAreLost}, here and in {@link RepartitionIT}, is the proof that the tests can fail. The
 * mutants were run once: without the guard (in {@code TileState.apply}, an offset seen before counts like any other)
 * at-least-once over-counts at 250 ms (117 of 200 values, 113 events where there were 90) and at 4 000 ms (83 values: those whose
 * states had got into the changelog), and exactly-once passes, since its transactions take back what the changelog has beyond
 * the offsets. Without the barrier at-least-once leaves 199 values stale at 4 000 ms, exactly-once 197 at 250 ms and 197 at 4 000 ms;
 * at-least-once at 250 ms can pass: its store has everything when the second kill comes.
 */
@Tag("chaos")
class ChaosIT {
    private static final int EVENTS = 20_000;
    /** The last ones, whose values wait for the slow store. */
    private static final int TAIL = 1_000;

    private static final int CUSTOMERS = 200;

    @TempDir
    Path dir;

    private Bench bench;

    @BeforeEach
    void start() {
        bench = new Bench();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @ParameterizedTest(name = "exactly-once: {0}, a write takes {1} ms")
    @CsvSource({"false, 250", "false, 4000", "true, 250", "true, 4000"})
    void everyValueIsExactAfterTwoKills(boolean rekeyed, long slowMs) throws Exception {
        String revision = (rekeyed ? "e" : "a") + slowMs % 997;
        if (!rekeyed) {
            bench.repeat();
        }
        killTwice(revision, rekeyed, slowMs, true);
        try (AggregatorProcess last = AggregatorProcess.start(dir, config(revision, rekeyed), 0, true)) {
            bench.awaitOracle(revision, EVENTS + " events, two kills, a write takes " + slowMs + " ms");
            buy(200, rekeyed);
            bench.awaitOracle(revision, "events after the kills");
            assertThat(last.terminate()).as("exit code of SIGTERM").isIn(0, 143);
        }
        assertThat(bench.committed(revision))
                .as("a graceful stop commits everything")
                .isGreaterThanOrEqualTo(EVENTS + 200);
    }

    @Test
    void withoutTheBarrierTheLastValuesAreLost() throws Exception {
        killTwice("n001", false, 4_000, false);
        try (AggregatorProcess last = AggregatorProcess.start(dir, config("n001", false), 0, false);
                Jedis jedis = bench.jedis()) {
            bench.awaitCaughtUp("n001");
            assertThat(bench.wrong(jedis, "n001")).as("stale for ever").isNotEmpty();
            System.out.printf(
                    "without the barrier %d of %d values are stale%n",
                    bench.wrong(jedis, "n001").size(), CUSTOMERS);
            assertThat(last.metric("millrace_store_queue_depth", "")).isZero();
        }
    }

    private AggregatorConfig config(String revision, boolean rekeyed) throws Exception {
        return rekeyed ? bench.rekeyed(dir, revision) : bench.config(dir, revision);
    }

    private void buy(int events, boolean scattered) {
        if (scattered) {
            bench.scattered(events, CUSTOMERS);
        } else {
            bench.purchases(events, CUSTOMERS);
        }
    }

    private void killTwice(String revision, boolean rekeyed, long slowMs, boolean barrier) throws Exception {
        AggregatorConfig config = config(revision, rekeyed);
        buy(EVENTS / 2, rekeyed);
        Changelog changelog = new Changelog(bench, revision);
        try (AggregatorProcess first = AggregatorProcess.start(dir, config, slowMs, barrier)) {
            await("states in the changelog")
                    .atMost(Bench.PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(changelog::isBegun);
            first.kill();
        }
        System.out.printf("first kill: %d of %d committed%n", bench.committed(revision), EVENTS / 2);
        try (AggregatorProcess second = AggregatorProcess.start(dir, config, slowMs, barrier)) {
            second.slowStore(false);
            buy(EVENTS / 2 - TAIL, rekeyed);
            bench.awaitOracle(revision, "all but the last");
            double duplicates = second.metric("millrace_aggregator_events_total", "duplicate");
            System.out.printf("%.0f events were replayed and not counted again%n", duplicates);
            if (!rekeyed && slowMs > 1_000 && barrier) {
                assertThat(duplicates).isPositive();
            }
            if (!rekeyed && barrier) {
                assertThat(second.metric("millrace_aggregator_events_total", "deduplicated"))
                        .as("events that their producer sent twice")
                        .isPositive();
            }
            second.slowStore(true);
            double before = second.metric("millrace_aggregator_events_total", "");
            buy(TAIL, rekeyed);
            await("all events processed")
                    .atMost(Bench.PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> second.metric("millrace_aggregator_events_total", "") >= before + TAIL);
            // time for a commit that does not wait for the store, and less than the store takes
            long start = System.nanoTime();
            await("a commit")
                    .atMost(Bench.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() ->
                            bench.committed(revision) == EVENTS || System.nanoTime() - start > slowMs / 2 * 1_000_000);
            System.out.printf(
                    "second kill: %d of %d committed, %.0f values wait for the store%n",
                    bench.committed(revision), EVENTS, second.metric("millrace_store_queue_depth", ""));
            second.kill();
        }
    }
}
