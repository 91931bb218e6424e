package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.stream.Tuning;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Member;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.machine.Ports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three brokers that keep everything three times, of which one goes and comes back. */
@Tag("chaos")
class BrokersIT {
    private static final int CUSTOMERS = 200;
    private static final Map<String, String> THREEFOLD = Map.of(
            "offsets.topic.replication.factor", "3",
            "transaction.state.log.replication.factor", "3",
            "transaction.state.log.min.isr", "2",
            "default.replication.factor", "3",
            "min.insync.replicas", "2",
            "controlled.shutdown.enable", "false");

    @TempDir
    Path dir;

    private final List<EmbeddedBroker> others = new ArrayList<>();
    private final String clusterId = Uuid.randomUuid().toString();
    private final int controller = Ports.free();
    private Bench bench;

    private Options member(int node, int port) {
        return Options.defaults()
                .withDir(dir.resolve("broker-" + node))
                .withPort(port)
                .withExtra(THREEFOLD)
                .withMember(new Member(node, clusterId, controller));
    }

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(member(1, Ports.free()), null, 0);
        others.add(EmbeddedBroker.start(member(2, Ports.free()), List.of()));
        others.add(EmbeddedBroker.start(member(3, Ports.free()), List.of()));
        try (Admin admin = bench.broker.admin()) {
            await("three brokers")
                    .atMost(Bench.PATIENCE)
                    .until(() -> admin.describeCluster().nodes().get().size() == 3);
            admin.createTopics(List.of(new NewTopic(Purchases.TOPIC, Bench.PARTITIONS, (short) 3)))
                    .all()
                    .get();
        }
    }

    @AfterEach
    void stop() {
        others.forEach(EmbeddedBroker::close);
        bench.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneOfThreeIsLostAndComesBack(boolean rekeyed) throws Exception {
        String revision = rekeyed ? "b002" : "b001";
        try (Aggregator aggregator = Aggregator.start(
                rekeyed ? bench.rekeyed(dir, revision) : bench.config(dir, revision),
                Tuning.defaults().withRetry(Duration.ofMillis(300)),
                UnaryOperator.identity())) {
            buy(rekeyed);
            bench.awaitOracle(revision, "three brokers");
            EmbeddedBroker lost = others.remove(1);
            int port = Integer.parseInt(
                    lost.bootstrapServers().substring(lost.bootstrapServers().indexOf(':') + 1));
            lost.close();
            buy(rekeyed);
            bench.awaitOracle(revision, "two of three");
            others.add(EmbeddedBroker.start(member(3, port), List.of()));
            buy(rekeyed);
            bench.awaitOracle(revision, "three again");
            bench.awaitCaughtUp(revision);
            assertThat(aggregator.status().reason()).isNull();
        }
    }

    private void buy(boolean rekeyed) {
        if (rekeyed) {
            bench.scattered(2_000, CUSTOMERS);
        } else {
            bench.purchases(2_000, CUSTOMERS);
        }
    }
}
