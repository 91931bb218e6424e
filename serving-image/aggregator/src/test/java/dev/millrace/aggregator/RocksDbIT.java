package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contract.config.AggregatorConfig;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tiles on disk, and SIGKILL. What RocksDB had written to disk is still there and ahead of the committed offsets: sometimes
 * ahead of the changelog, too, since a write waits for neither. Without a re-keying each entity's own offset sorts that out;
 * with one, Kafka Streams throws the disk's state away and restores all of it.
 */
@Tag("chaos")
class RocksDbIT {
    private static final int EVENTS = 20_000;
    private static final int CUSTOMERS = 8_000;
    /** So small that tiles are on disk before they are committed. */
    private static final AggregatorConfig.RocksDb BOUND = new AggregatorConfig.RocksDb(3 << 20);

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

    @Test
    void everyValueIsExactAfterTwoKills() throws Exception {
        AggregatorConfig config = bench.config(dir, "k001").withRocksDb(BOUND);
        bench.purchases(EVENTS / 2, CUSTOMERS);
        killed(config, 250);
        bench.purchases(EVENTS / 2, CUSTOMERS);
        killed(config, 3_000);
        try (AggregatorProcess last = AggregatorProcess.start(dir, config, 0, true)) {
            bench.awaitOracle("k001", "20000 events, two kills, tiles on disk");
            assertThat(last.metric("millrace_aggregator_events_total", "duplicate"))
                    .as("events that were replayed and not counted again")
                    .isPositive();
            bench.purchases(200, CUSTOMERS);
            bench.awaitOracle("k001", "events after the kills");
            for (String part : new String[] {"blocks", "memtables"}) {
                assertThat(last.metric("millrace_aggregator_rocksdb_bytes", part))
                        .as(part)
                        .isPositive()
                        .isLessThanOrEqualTo(last.metric("millrace_aggregator_rocksdb_limit_bytes", part));
            }
            bench.killStore();
            bench.restartStore();
            bench.awaitOracle("k001", "an empty store, filled again from disk");
            assertThat(last.terminate()).as("exit code of SIGTERM").isIn(0, 143);
        }
    }

    @Test
    void everyValueIsExactlyOnceAfterAKill() throws Exception {
        AggregatorConfig config = bench.rekeyed(dir, "k002").withRocksDb(BOUND);
        bench.scattered(EVENTS / 2, CUSTOMERS);
        // once: for each time the broker waits for the transaction of the dead
        killed(config, 1_000);
        bench.scattered(EVENTS / 2, CUSTOMERS);
        try (AggregatorProcess last = AggregatorProcess.start(dir, config, 0, true)) {
            bench.awaitOracle("k002", "20000 scattered events, one kill, tiles on disk");
            assertThat(last.terminate()).as("exit code of SIGTERM").isIn(0, 143);
        }
    }

    /** Kills one as soon as it has written tiles to disk, which it does before the commit that then waits for the store. */
    private void killed(AggregatorConfig config, long delayMs) throws Exception {
        long before = onDisk();
        try (AggregatorProcess process = AggregatorProcess.start(dir, config, delayMs, true)) {
            await("tiles on disk")
                    .atMost(Bench.PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() ->
                            onDisk() > before && process.metric("millrace_aggregator_events_total", "applied") > 0);
            process.kill();
        }
    }

    /** Bytes of tiles in files that are complete. */
    private long onDisk() throws Exception {
        try (Stream<Path> files = Files.walk(dir)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (UncheckedIOException e) {
            // one that was just compacted away: the next look sees what took its place
            return 0;
        }
    }
}
