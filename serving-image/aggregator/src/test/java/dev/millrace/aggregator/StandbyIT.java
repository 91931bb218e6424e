package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contract.config.AggregatorConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas, one partition each, and SIGKILL of one. Without a standby the other one would read all tiles of the dead
 * one's partition from Kafka before its first event; the test then fails already where it waits for the standby.
 */
@Tag("chaos")
class StandbyIT {
    private static final int CUSTOMERS = 8_000;

    @TempDir
    Path dir;

    @Test
    void theOtherReplicaGoesOnWithoutReadingTheStateFirst() throws Exception {
        try (Bench bench = new Bench();
                AggregatorProcess killed = start(bench, "a");
                AggregatorProcess left = start(bench, "b")) {
            await("a partition each").atMost(Bench.PATIENCE).until(() -> {
                bench.purchases(20, CUSTOMERS);
                return killed.metric("millrace_aggregator_events_total", "applied") > 0
                        && left.metric("millrace_aggregator_events_total", "applied") > 0;
            });
            bench.awaitCaughtUp("s001");
            double readBefore = standby(killed, left);
            long writtenBefore = changelog(bench);
            bench.purchases(20_000, CUSTOMERS);
            bench.awaitOracle("s001", "20000 events, two replicas");
            bench.awaitCaughtUp("s001");
            await("all of the changelog in the other replica")
                    .atMost(Bench.PATIENCE)
                    .until(() -> standby(killed, left) - readBefore >= changelog(bench) - writtenBefore);
            double restoredBefore = left.metric("millrace_aggregator_restored_total", "active");

            killed.kill();
            bench.purchases(500, CUSTOMERS);
            bench.awaitOracle("s001", "one of two replicas killed");
            double restored = left.metric("millrace_aggregator_restored_total", "active") - restoredBefore;
            System.out.printf("%.0f of %d records restored%n", restored, changelog(bench));
            // half of it is the dead one's; what was written while they joined is the slack
            assertThat(restored).as("records restored").isLessThan(changelog(bench) / 10.0);
            assertThat(left.terminate()).as("exit code of SIGTERM").isIn(0, 143);
        }
    }

    private AggregatorProcess start(Bench bench, String name) throws Exception {
        AggregatorConfig config = bench.config(dir.resolve(name), "s001");
        return AggregatorProcess.start(dir, config, 0, true);
    }

    private static double standby(AggregatorProcess... processes) {
        double sum = 0;
        for (AggregatorProcess process : processes) {
            sum += process.metric("millrace_aggregator_restored_total", "standby");
        }
        return sum;
    }

    /** Records that were ever written to the group's changelog. */
    private static long changelog(Bench bench) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bench.broker.bootstrapServers()))) {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(topic -> topic.endsWith("-changelog"))
                    .toList();
            assertThat(topics).hasSize(1);
            Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, Bench.PARTITIONS)
                    .boxed()
                    .collect(Collectors.toMap(p -> new TopicPartition(topics.get(0), p), p -> OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        }
    }
}
