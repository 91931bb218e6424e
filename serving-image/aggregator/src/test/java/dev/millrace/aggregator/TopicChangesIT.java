package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.StoreKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A source topic or a changelog that is not the one from before. */
@Tag("chaos")
class TopicChangesIT {
    private static final String ORDERS = "orders";

    @TempDir
    Path dir;

    private Bench bench;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench();
        admin = bench.broker.admin();
        create();
    }

    @AfterEach
    void stop() {
        admin.close(Duration.ZERO);
        bench.close();
    }

    private void create() throws Exception {
        admin.createTopics(List.of(new NewTopic(ORDERS, Optional.of(1), Optional.empty())))
                .all()
                .get();
    }

    private void delete(String topic) throws Exception {
        admin.deleteTopics(List.of(topic)).all().get();
        await("the topic is gone")
                .atMost(Bench.PATIENCE)
                .until(() -> !admin.listTopics().names().get().contains(topic));
    }

    private Aggregator aggregator(String revision) throws Exception {
        AggregatorConfig config = Purchases.config(
                bench.broker.bootstrapServers(),
                bench.store().address(),
                dir,
                1,
                Purchases.group(ORDERS, revision, null));
        return Aggregator.start(config, Tuning.defaults().withRetry(Duration.ofMillis(300)), UnaryOperator.identity());
    }

    private void order(double amount) {
        bench.send(ORDERS, "c-1", Purchases.json("c-1", "m-1", amount, System.currentTimeMillis()));
        bench.flush();
    }

    private void awaitValue(String revision, double count, double sum) {
        try (Jedis jedis = bench.jedis()) {
            await("count " + count + " and sum " + sum).atMost(Bench.PATIENCE).untilAsserted(() -> assertThat(
                            bench.read(jedis, revision, "c-1"))
                    .isNotNull()
                    .startsWith(count, sum));
        }
    }

    private @Nullable ValueHeader header(String revision) {
        try (Jedis jedis = bench.jedis()) {
            return ValueHeader.of(jedis.get(
                    StoreKeys.value(Purchases.NS, Purchases.CUSTOMER, List.of("c-1"), Purchases.group(revision, null))
                            .getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void aTopicCreatedAnewBeginsANewEpoch() throws Exception {
        try (Aggregator first = aggregator("b001")) {
            order(1);
            order(2);
            order(3);
            awaitValue("b001", 3, 6);
            assertThat(first.status().state()).isEqualTo("Running");
        }
        assertThat(header("b001")).isNotNull().extracting(ValueHeader::epoch).isEqualTo(1);
        delete(ORDERS);
        create();
        try (Aggregator second = aggregator("b001")) {
            // offset 0 again, but another event; and a version of seq 1 must win over seq 3
            order(50);
            awaitValue("b001", 1, 50);
            assertThat(second.status().state()).isEqualTo("Running");
        }
        assertThat(header("b001")).isNotNull().extracting(ValueHeader::epoch).isEqualTo(2);
    }

    /** The group's offsets are those of the topic before, and lie within the new one: what is below them must not be left out. */
    @Test
    void aTopicCreatedAnewWhileItIsReadIsReadFromItsBeginning() throws Exception {
        try (Aggregator aggregator = aggregator("b004")) {
            order(1);
            order(2);
            order(3);
            awaitValue("b004", 3, 6);
            await("committed").atMost(Bench.PATIENCE).until(() -> committed("b004") == 3);
            delete(ORDERS);
            create();
            for (int i = 0; i < 7; i++) {
                order(10);
            }
            awaitValue("b004", 7, 70);
            assertThat(header("b004"))
                    .isNotNull()
                    .extracting(ValueHeader::epoch)
                    .isEqualTo(2);
            await("all is well")
                    .atMost(Bench.PATIENCE)
                    .until(() -> aggregator.status().reason() == null);
        }
    }

    private long committed(String revision) throws Exception {
        return admin
                .listConsumerGroupOffsets("payments-fraud-purchases-" + revision)
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    @Test
    void lostStateIsBuiltAgainFromTheBeginningOfTheTopic() throws Exception {
        try (Aggregator first = aggregator("b002")) {
            order(1);
            order(2);
            awaitValue("b002", 2, 3);
            try (Jedis jedis = bench.jedis()) {
                await("the epoch on record").atMost(Bench.PATIENCE).until(() -> "1"
                        .equals(jedis.hget(StoreKeys.meta(Purchases.NS), "epoch:purchases.b002")));
            }
            assertThat(first.status().state()).isEqualTo("Running");
        }
        delete("payments-fraud-purchases-b002-tiles-changelog");
        try (Aggregator second = aggregator("b002")) {
            order(4);
            awaitValue("b002", 3, 7);
            assertThat(second.status().state()).isEqualTo("Running");
        }
        assertThat(header("b002")).isNotNull().extracting(ValueHeader::epoch).isEqualTo(2);
    }

    @Test
    void morePartitionsStopTheStreamWithItsReason() throws Exception {
        try (Aggregator aggregator = aggregator("b003")) {
            order(1);
            awaitValue("b003", 1, 1);
            admin.createPartitions(Map.of(ORDERS, NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            await("the reason in status").atMost(Bench.PATIENCE).until(() -> "PartitionCountChanged"
                    .equals(aggregator.status().reason()));
            assertThat(aggregator.status().message()).contains("'orders' has 3 partitions", "with 1");
        }
    }
}
