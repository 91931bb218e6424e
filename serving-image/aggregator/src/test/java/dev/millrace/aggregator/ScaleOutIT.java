package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.store.Heartbeat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;

/** One replica, three, one again, while events come all the time: nothing is lost, nothing counted twice. */
@Tag("chaos")
class ScaleOutIT {
    private static final Tuning TUNING = Tuning.defaults().withRetry(Duration.ofMillis(300));
    private static final int CUSTOMERS = 200;

    @TempDir
    Path dir;

    private final CountDownLatch enough = new CountDownLatch(1);
    private final ExecutorService customers = Executors.newSingleThreadExecutor();
    private final ExecutorService watchers = Executors.newSingleThreadExecutor();
    private Bench bench;

    @BeforeEach
    void start() {
        bench = new Bench();
    }

    @AfterEach
    void stop() {
        enough.countDown();
        customers.shutdownNow();
        watchers.shutdownNow();
        bench.close();
    }

    /** @param rekeyed with an internal topic, and so exactly-once with two kinds of tasks to share out */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyValueIsExactAfterScalingOutAndIn(boolean rekeyed) throws Exception {
        String revision = rekeyed ? "s002" : "s001";
        Future<Integer> load = customers.submit(() -> {
            int sent = 0;
            // as long as replicas come and go
            for (; !enough.await(10, TimeUnit.MILLISECONDS); sent += 50) {
                if (rekeyed) {
                    bench.scattered(50, CUSTOMERS);
                } else {
                    bench.purchases(50, CUSTOMERS);
                }
            }
            return sent;
        });
        List<Aggregator> replicas = new ArrayList<>();
        try {
            replicas.add(replica(revision, rekeyed));
            awaitShares(replicas, 1);
            replicas.add(replica(revision, rekeyed));
            replicas.add(replica(revision, rekeyed));
            // two kinds of tasks are spread, but not each kind by itself
            awaitShares(replicas, rekeyed ? 1 : 2);
            // the first ones go: whoever is left takes over what they had
            replicas.remove(0).close();
            awaitShares(replicas, rekeyed ? 1 : 2);
            replicas.remove(0).close();
            awaitShares(replicas, 1);
            enough.countDown();
            assertThat(load.get()).as("events sent meanwhile").isGreaterThan(1_000);
            bench.awaitOracle(revision, "1, 3, 1 replicas under load");
            bench.awaitCaughtUp(revision);
            try (Jedis jedis = bench.jedis()) {
                assertThat(bench.wrong(jedis, revision)).as("and it stays so").isEmpty();
            }
        } finally {
            replicas.forEach(Aggregator::close);
        }
    }

    /** As a Deployment rolls: one ends while the other has everything, three times over. */
    @Test
    void threeRollingRestartsLoseNothingAndNoVersionGoesBack() throws Exception {
        List<String> wentBack = new CopyOnWriteArrayList<>();
        AtomicLong longest = new AtomicLong();
        Future<?> watch = watchers.submit(() -> watch("s003", wentBack, longest));
        Future<Integer> load = customers.submit(() -> {
            int sent = 0;
            for (; !enough.await(10, TimeUnit.MILLISECONDS); sent += 20) {
                bench.purchases(20, CUSTOMERS);
            }
            return sent;
        });
        List<Aggregator> replicas = new ArrayList<>();
        try {
            replicas.add(replica("s003", false));
            replicas.add(replica("s003", false));
            awaitShares(replicas, 2);
            for (int i = 0; i < 3 * 2; i++) {
                replicas.remove(0).close();
                replicas.add(replica("s003", false));
                awaitShares(replicas, 2);
            }
            enough.countDown();
            int sent = load.get();
            bench.awaitOracle("s003", sent + " events while two replicas were replaced three times");
            bench.awaitCaughtUp("s003");
            watch.get();
            System.out.printf("no heartbeat was older than %d ms meanwhile%n", longest.get());
            assertThat(wentBack).isEmpty();
            assertThat(sent).as("events sent meanwhile").isGreaterThan(1_000);
        } finally {
            replicas.forEach(Aggregator::close);
        }
    }

    /** Looks at versions and heartbeats all the time. */
    private void watch(String revision, List<String> wentBack, AtomicLong longest) {
        Map<String, Long> newest = new HashMap<>();
        try (Jedis jedis = bench.jedis()) {
            while (enough.getCount() > 0) {
                for (int i = 0; i < CUSTOMERS; i += 10) {
                    String customer = "c-" + i;
                    long version = bench.version(jedis, revision, customer);
                    Long before = newest.put(customer, version);
                    if (before != null && Long.compareUnsigned(version, before) < 0) {
                        wentBack.add(customer + " from " + before + " to " + version);
                    }
                }
                for (int partition = 0; partition < Bench.PARTITIONS; partition++) {
                    Heartbeat heartbeat = bench.heartbeat(jedis, revision, partition);
                    if (heartbeat != null && heartbeat.caughtUpAtMs() > 0) {
                        longest.accumulateAndGet(System.currentTimeMillis() - heartbeat.caughtUpAtMs(), Math::max);
                    }
                }
            }
        }
    }

    private Aggregator replica(String revision, boolean rekeyed) throws Exception {
        Path state = Files.createTempDirectory(dir, "replica");
        AggregatorConfig config = rekeyed ? bench.rekeyed(state, revision) : bench.config(state, revision);
        return Aggregator.start(config, TUNING, UnaryOperator.identity());
    }

    /** Waits until all partitions are shared out over so many of the replicas at least; one without any stands by. */
    private static void awaitShares(List<Aggregator> replicas, int holders) {
        await("partitions shared out over " + holders + " of " + replicas.size())
                .atMost(Bench.PATIENCE)
                .until(() -> {
                    List<Integer> assigned = replicas.stream()
                            .map(replica -> replica.status().groups().get(0).assigned())
                            .toList();
                    return assigned.stream().mapToInt(Integer::intValue).sum() == Bench.PARTITIONS
                            && assigned.stream().filter(share -> share > 0).count() >= holders
                            && replicas.stream()
                                    .allMatch(
                                            replica -> replica.status().state().equals("Running"));
                });
    }
}
