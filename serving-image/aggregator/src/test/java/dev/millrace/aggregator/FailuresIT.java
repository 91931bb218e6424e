package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.machine.Ports;
import dev.millrace.devkit.store.EmbeddedStore;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;

/**
 * What happens to exact values when what they need goes away for a while: brokers, the store's answers, the store's memory, an
 * aggregator's own time. Each time nothing is lost, nothing counts twice, status says what is wrong, and nobody has to do
 * anything for it to end.
 */
@Tag("chaos")
class FailuresIT {
    private static final Tuning TUNING = Tuning.defaults().withRetry(Duration.ofMillis(300));
    private static final Duration PAUSE = Duration.ofSeconds(15);
    private static final Duration WITHOUT_BROKERS = Duration.ofSeconds(30);
    private static final int CUSTOMERS = 200;

    @TempDir
    Path dir;

    private final HttpClient http = HttpClient.newHttpClient();
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(
                EmbeddedBroker.Options.defaults().withDir(dir.resolve("broker")).withPort(Ports.free()), null);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private Aggregator aggregator(String revision) throws Exception {
        return Aggregator.start(bench.config(dir, revision), TUNING, UnaryOperator.identity());
    }

    private void awaitReason(Aggregator aggregator, String reason) {
        await(reason)
                .atMost(Bench.PATIENCE)
                .until(() -> reason.equals(aggregator.status().reason()));
    }

    private void awaitAllIsWell(Aggregator aggregator) {
        await("all is well")
                .atMost(Bench.PATIENCE)
                .until(() -> aggregator.status().reason() == null);
    }

    private static void passes(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        await("time to pass").atMost(time.plusMinutes(1)).until(() -> System.nanoTime() > end);
    }

    private double metric(Aggregator aggregator, String name, String label) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + aggregator.metricsPort() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void allBrokersAreGoneForHalfAMinute() throws Exception {
        try (Aggregator aggregator = aggregator("f001");
                Jedis jedis = bench.jedis()) {
            bench.purchases(2_000, CUSTOMERS);
            bench.awaitOracle("f001", "before the brokers went");
            bench.awaitCaughtUp("f001");
            bench.stopBroker();
            awaitReason(aggregator, "KafkaUnavailable");
            Heartbeat old = Objects.requireNonNull(bench.heartbeat(jedis, "f001", 0));
            passes(WITHOUT_BROKERS);
            assertThat(bench.wrong(jedis, "f001")).as("values stay readable").isEmpty();
            assertThat(Objects.requireNonNull(bench.heartbeat(jedis, "f001", 0)).caughtUpAtMs())
                    .as("and nobody vouches for them")
                    .isEqualTo(old.caughtUpAtMs());
            assertThat(aggregator.status().groups().get(0).lagMs()).isGreaterThan(WITHOUT_BROKERS.toMillis() / 2);
            bench.startBroker();
            bench.purchases(2_000, CUSTOMERS);
            bench.awaitOracle("f001", "2000 events after 30 s without brokers");
            bench.awaitCaughtUp("f001");
            awaitAllIsWell(aggregator);
        }
    }

    @Test
    void theStoreAnswersNobodyForFifteenSeconds() throws Exception {
        try (Aggregator aggregator = aggregator("f002")) {
            bench.purchases(500, CUSTOMERS);
            bench.awaitOracle("f002", "before the pause");
            try (Jedis jedis = bench.jedis()) {
                jedis.sendCommand(Protocol.Command.CLIENT, "PAUSE", Long.toString(PAUSE.toMillis()), "ALL");
            }
            bench.purchases(20_000, CUSTOMERS);
            awaitReason(aggregator, "FeatureStoreUnavailable");
            bench.awaitOracle("f002", "20000 events while the store was paused for 15 s");
            bench.awaitCaughtUp("f002");
            awaitAllIsWell(aggregator);
        }
    }

    private static long used(Jedis jedis) {
        return jedis.info("memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("used_memory:".length()).strip()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theStoreIsFull() throws Exception {
        try (Aggregator aggregator = aggregator("f003");
                Jedis jedis = bench.jedis()) {
            bench.purchases(500, CUSTOMERS);
            bench.awaitOracle("f003", "before it was full");
            bench.awaitCaughtUp("f003");
            jedis.configSet("maxmemory-policy", "noeviction");
            jedis.configSet("maxmemory", Long.toString(used(jedis) / 2));
            bench.purchases(5_000, CUSTOMERS);
            awaitReason(aggregator, "FeatureStoreUnavailable");
            assertThat(aggregator.status().message()).contains("OOM");
            assertThat(metric(aggregator, "millrace_store_writes_total", "result=\"failed\""))
                    .as("seen in a metric")
                    .isPositive();
            assertThat(bench.wrong(jedis, "f003")).as("late, and said so").isNotEmpty();
            long vouched =
                    Objects.requireNonNull(bench.heartbeat(jedis, "f003", 0)).wallClockMs();
            passes(Duration.ofSeconds(2));
            assertThat(Objects.requireNonNull(bench.heartbeat(jedis, "f003", 0)).wallClockMs())
                    .as("no heartbeat vouches for values that are not there")
                    .isEqualTo(vouched);
            jedis.configSet("maxmemory", "0");
            bench.awaitOracle("f003", "the store has room again");
            bench.awaitCaughtUp("f003");
            awaitAllIsWell(aggregator);
        }
    }

    /**
     * With at-least-once nobody keeps one that wakes up from writing what it had in memory: old values to the store, which
     * refuses them by their version, and old states to the changelog, where they stand behind the newer ones. Run once with a
     * state store that is restored to whatever stands last, as the one of Kafka Streams is: 126 of 200 values lacked up to five
     * purchases after the restart, for ever.
     */
    @Test
    void oneThatStoodStillForFifteenSecondsOverwritesNothing() throws Exception {
        // its values wait for a slow store when it is stopped, so it has old ones to write when it goes on
        Changelog changelog = new Changelog(bench, "f004");
        try (AggregatorProcess zombie =
                AggregatorProcess.start(dir, bench.config(dir.resolve("a"), "f004"), 2_000, true)) {
            bench.purchases(2_000, CUSTOMERS);
            await("values that wait")
                    .atMost(Bench.PATIENCE)
                    .until(() -> zombie.metric("millrace_store_queue_depth", "") > 50);
            try (AggregatorProcess heir =
                    AggregatorProcess.start(dir, bench.config(dir.resolve("b"), "f004"), 0, true)) {
                bench.purchases(10_000, CUSTOMERS);
                zombie.freeze();
                bench.awaitOracle("f004", "the heir has everything");
                passes(PAUSE);
                bench.purchases(2_000, CUSTOMERS);
                bench.awaitOracle("f004", "more while the other stands still");
                zombie.thaw();
                await("old values that it wrote and the store refused")
                        .atMost(Bench.PATIENCE)
                        .until(() -> zombie.metric("millrace_store_writes_total", "superseded") > 0);
                bench.purchases(2_000, CUSTOMERS);
                bench.awaitOracle("f004", "both run again");
                bench.awaitCaughtUp("f004");
                assertThat(heir.metric("millrace_aggregator_events_total", "applied"))
                        .isPositive();
                assertThat(heir.terminate()).isIn(0, 143);
            }
            assertThat(zombie.terminate()).isIn(0, 143);
        }
        System.out.printf("the changelog of %d customers was set back by the zombie%n", changelog.setBack());
        // when it was stopped at another moment, it would have done this
        int setBack = changelog.setAllBack();
        assertThat(setBack).isGreaterThan(CUSTOMERS / 2);
        try (Aggregator restarted = aggregator("f004")) {
            bench.purchases(200, CUSTOMERS);
            bench.awaitOracle("f004", "restored from a changelog that ends with old states");
            assertThat(metric(restarted, "millrace_aggregator_states_overtaken_total", ""))
                    .isGreaterThanOrEqualTo(setBack);
        }
        try (Aggregator again = aggregator("f004")) {
            bench.purchases(200, CUSTOMERS);
            bench.awaitOracle("f004", "and once more");
            assertThat(metric(again, "millrace_aggregator_states_overtaken_total", ""))
                    .as("the changelog ends with the newest ones now")
                    .isZero();
        }
    }

    /** What a fail-over may lose is what the replica did not have yet; nobody buys anything afterwards that would mend it. */
    @Test
    void aReplicaThatMissedTheLastWritesTakesOver() throws Exception {
        AggregatorConfig config;
        try (EmbeddedStore replica = EmbeddedStore.start();
                FrontDoor door = new FrontDoor(bench.store().port());
                Jedis there = new Jedis("127.0.0.1", replica.port())) {
            config = Purchases.config(
                    bench.broker.bootstrapServers(),
                    "redis://127.0.0.1:" + door.port(),
                    dir,
                    1,
                    Purchases.group("f006", null));
            try (Aggregator aggregator = Aggregator.start(config, TUNING, UnaryOperator.identity())) {
                there.replicaof("127.0.0.1", bench.store().port());
                bench.purchases(2_000, CUSTOMERS);
                bench.awaitOracle("f006", "in the primary");
                await("in the replica, too").atMost(Bench.PATIENCE).until(() -> bench.wrong(there, "f006")
                        .isEmpty());
                // the link breaks, and nobody has noticed yet
                there.replicaofNoOne();
                bench.purchases(500, 50);
                bench.awaitOracle("f006", "more in the primary");
                bench.awaitCaughtUp("f006");
                int lost = bench.wrong(there, "f006").size();
                assertThat(lost).as("values that the replica lacks").isPositive();
                long failedOver = System.currentTimeMillis();
                door.leadTo(replica.port());
                await("heartbeats in the replica that vouch for now")
                        .atMost(Bench.PATIENCE)
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> vouches(there, 0, failedOver) && vouches(there, 1, failedOver));
                assertThat(bench.wrong(there, "f006"))
                        .as("%d were written again before anybody vouched for them", lost)
                        .isEmpty();
                awaitAllIsWell(aggregator);
            }
        }
    }

    private boolean vouches(Jedis jedis, int partition, long sinceMs) {
        Heartbeat heartbeat = bench.heartbeat(jedis, "f006", partition);
        return heartbeat != null && heartbeat.caughtUpAtMs() > sinceMs;
    }

    @Test
    void oneCustomerBuysMoreThanAllOthers() throws Exception {
        bench.skew(1.5);
        try (Aggregator aggregator = aggregator("f005")) {
            bench.purchases(20_000, CUSTOMERS);
            bench.awaitOracle("f005", "20000 events by Zipf's law");
            assertThat(metric(aggregator, "millrace_aggregator_events_total", "applied"))
                    .isEqualTo(20_000);
            double written = metric(aggregator, "millrace_store_writes_total", "written");
            System.out.printf("%.0f writes for 20000 events%n", written);
            assertThat(written).as("values of one key that wait are one").isLessThan(15_000);
            bench.awaitCaughtUp("f005");
        }
    }
}
