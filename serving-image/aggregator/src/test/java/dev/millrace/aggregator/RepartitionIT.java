package dev.millrace.aggregator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.store.Heartbeat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/**
 * Events whose key is not their entity's: through the internal topic, exactly once. {@link ChaosIT} kills who does it.
 *
 * <p>{@link #withoutTheBarrierTheLastValuesAreLost} is the proof that transactions alone do not protect the store.
 */
@Tag("chaos")
class RepartitionIT {
    private static final Tuning TUNING = Tuning.defaults().withRetry(Duration.ofMillis(300));
    private static final int CUSTOMERS = 200;
    /** A store that does not answer while the test runs. */
    private static final long NEVER_MS = 3_600_000;

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
    void eventsOfACustomerMeetWhateverTheirKeyIs() throws Exception {
        bench.send("k-1", "{not json");
        bench.scattered(2_000, 50);
        try (Aggregator aggregator = Aggregator.start(bench.rekeyed(dir, "r001"), TUNING, UnaryOperator.identity())) {
            bench.awaitOracle("r001", "2000 scattered events");
            bench.scattered(500, 50);
            long sent = System.currentTimeMillis();
            // heartbeats that vouch for later than now vouch for these, too
            await("a heartbeat of each partition that vouches for everything")
                    .atMost(Bench.PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> vouches("r001", sent));
            try (Jedis jedis = bench.jedis()) {
                assertThat(bench.wrong(jedis, "r001")).isEmpty();
            }
            assertThat(aggregator.status().state()).isEqualTo("Running");
            assertThat(aggregator.status().reason()).isNull();
            assertThat(aggregator.status().groups().get(0).assigned()).isEqualTo(Bench.PARTITIONS);
            List<ConsumerRecord<byte[], byte[]>> dead = bench.records(Purchases.deadLetters("r001"), 1);
            assertThat(new String(
                            dead.get(0).headers().lastHeader("millrace-topic").value(), UTF_8))
                    .isEqualTo(Purchases.TOPIC);
        }
        String application = "payments-fraud-purchases-r001-";
        assertThat(cleanup(application + "by-entity-repartition"))
                .as("events of one entity do not replace each other")
                .isEqualTo("delete");
        assertThat(cleanup(application + "tiles-changelog")).isEqualTo("compact");
    }

    private String cleanup(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = bench.broker.admin()) {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            return Objects.requireNonNull(config, topic).get("cleanup.policy").value();
        }
    }

    private boolean vouches(String revision, long sinceMs) {
        try (Jedis jedis = bench.jedis()) {
            for (int partition = 0; partition < Bench.PARTITIONS; partition++) {
                Heartbeat heartbeat = bench.heartbeat(jedis, revision, partition);
                if (heartbeat == null || heartbeat.caughtUpAtMs() <= sinceMs) {
                    return false;
                }
            }
            return true;
        }
    }

    /** The proof that {@link ChaosIT} can fail: transactions that do not wait for the store. */
    @Test
    void withoutTheBarrierTheLastValuesAreLost() throws Exception {
        AggregatorConfig config = bench.rekeyed(dir, "r003");
        bench.scattered(2_000, CUSTOMERS);
        try (AggregatorProcess first = AggregatorProcess.start(dir, config, NEVER_MS, false)) {
            await("everything counted and committed, and nothing in the store")
                    .atMost(Bench.PATIENCE)
                    .until(() -> first.metric("millrace_aggregator_events_total", "applied") == 2_000
                            && bench.committed("r003") == 2_000
                            && isCommittedToItsEnd("r003"));
            first.kill();
        }
        try (AggregatorProcess last = AggregatorProcess.start(dir, config, 0, false);
                Jedis jedis = bench.jedis()) {
            long since = System.currentTimeMillis();
            await("heartbeats that vouch for everything").atMost(Bench.PATIENCE).until(() -> vouches("r003", since));
            assertThat(bench.wrong(jedis, "r003")).as("missing for ever").isNotEmpty();
            assertThat(last.metric("millrace_store_queue_depth", "")).isZero();
        }
    }

    /** Whether an offset of the internal topic was committed behind the last event; marks go on coming. */
    private boolean isCommittedToItsEnd(String revision) throws Exception {
        String internal = "payments-fraud-purchases-" + revision + "-by-entity-repartition";
        try (Admin admin = bench.broker.admin()) {
            return offsets(admin, revision).entrySet().stream()
                            .filter(entry -> entry.getKey().topic().equals(internal))
                            .mapToLong(entry -> entry.getValue().offset())
                            .sum()
                    >= 2_000;
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin, String revision) throws Exception {
        return admin.listConsumerGroupOffsets("payments-fraud-purchases-" + revision)
                .partitionsToOffsetAndMetadata()
                .get();
    }
}
