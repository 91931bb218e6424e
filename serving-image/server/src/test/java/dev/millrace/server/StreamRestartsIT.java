package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Options;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.server.StreamRecords.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exactly one result per reading: servers that are killed in the middle of a transaction, and partitions that change hands.
 * A server is killed when the first of its records, committed or not, can be seen.
 */
@Tag("chaos")
@NullUnmarked // what is null here fails the test
class StreamRestartsIT {
    private static final int PARTITIONS = 3;
    private static final int SENSORS = 40;
    private static final String READINGS = "readings";
    private static final String ANOMALIES = "anomalies";

    @TempDir
    Path dir;

    private TestStore store;
    private EmbeddedBroker broker;
    private ServerProcess a;
    private ServerProcess b;
    private final int portA = TestStore.freePort();
    private final int portB = TestStore.freePort();
    private int sent;

    @BeforeEach
    void start() throws Exception {
        store = TestStore.start(dir, TestStore.freePort());
        store.heartbeat(0);
        broker = EmbeddedBroker.start(
                // how often it looks for transactions that nobody ends
                Options.defaults()
                        .withExtra(Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")),
                List.of(
                        new Topic(READINGS, PARTITIONS),
                        new Topic(ANOMALIES, PARTITIONS),
                        new Topic("readings.fraud.dlq", 1)));
    }

    @AfterEach
    void stop() {
        for (ServerProcess server : new ServerProcess[] {a, b}) {
            if (server != null) {
                server.close();
            }
        }
        broker.close();
        store.close();
    }

    private ServerProcess server(String name, int port) throws Exception {
        ServingConfig c =
                Specs.config(Specs.features(store.address(), Specs.purchases("Default", "Serve")), null, null, null);
        Server s = c.server();
        ServingConfig config = Specs.with(
                        c,
                        c.slo(),
                        new Server(
                                port,
                                0,
                                0,
                                s.host(),
                                s.instances(),
                                32,
                                0,
                                s.maxQueueSize(),
                                s.maxInFlight(),
                                s.executionProviders(),
                                s.drainMs()))
                .withKafka(new Kafka(broker.bootstrapServers(), null, null, null, null))
                .withStreamInference(new StreamInference(
                        "test-fraud-stream-inference", READINGS, ANOMALIES, "readings.fraud.dlq", null));
        return ServerProcess.start(Files.createDirectories(dir.resolve(name)), config);
    }

    private void send(int readings) {
        try (StreamRecords.Writer to = new StreamRecords.Writer(broker.bootstrapServers(), READINGS)) {
            for (int i = 0; i < readings; i++, sent++) {
                String sensor = "c-" + sent % SENSORS;
                to.later(sensor, "{\"customer_id\": \"" + sensor + "\", \"amount\": " + sent % 50 + "}");
            }
            to.later("c-0", "poison " + sent);
            to.flush();
        }
    }

    /** One that has just come; it need not be committed. */
    private static void awaitNext(KafkaConsumer<String, String> uncommitted) {
        Awaitility.await("the next record, committed or not")
                .atMost(Duration.ofSeconds(90))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> !uncommitted.poll(Duration.ofMillis(20)).isEmpty());
    }

    private static void kill(ServerProcess server) {
        server.close();
        server.process().onExit().join();
    }

    /**
     * Without the transaction it fails. Run once with a plain producer, whose results were flushed and whose offsets were
     * committed by themselves right after: 724 of 6 500 readings had two results.
     */
    @Test
    void everyReadingHasOneResultWhoeverIsKilled() throws Exception {
        try (KafkaConsumer<String, String> uncommitted =
                StreamRecords.reader(broker.bootstrapServers(), ANOMALIES, PARTITIONS, "read_uncommitted")) {
            send(3_000);
            a = server("a", portA);
            a.awaitReady();
            awaitNext(uncommitted);
            kill(a);

            a = server("a2", portA);
            b = server("b", portB);
            Ports ofA = a.awaitReady();
            Ports ofB = b.awaitReady();
            for (Ports ports : List.of(ofA, ofB)) {
                Awaitility.await("both have partitions")
                        .atMost(Duration.ofSeconds(90))
                        .untilAsserted(() -> assertThat(metric(ports, "millrace_stream_partitions"))
                                .isPositive());
            }
            StreamRecords.await(broker.bootstrapServers(), ANOMALIES, PARTITIONS, sent);
            while (!uncommitted.poll(Duration.ofMillis(200)).isEmpty()) {
                continue;
            }
            send(3_000);
            awaitNext(uncommitted);
            kill(b);
        }
        send(500);
        Map<String, Long> perOrigin = new HashMap<>();
        List<Result> results = StreamRecords.await(broker.bootstrapServers(), ANOMALIES, PARTITIONS, sent);
        results.forEach(r -> perOrigin.merge(r.origin(), 1L, Long::sum));
        assertThat(perOrigin).hasSize(sent);
        assertThat(perOrigin.values()).as("results of a reading").containsOnly(1L);

        Map<String, List<Result>> byKey = results.stream().collect(Collectors.groupingBy(Result::key));
        assertThat(byKey).hasSize(SENSORS);
        byKey.forEach((key, of) -> assertThat(of.stream()
                        .map(r -> Long.parseLong(r.header("millrace-offset")))
                        .toList())
                .as("order of %s", key)
                .isSorted());
        assertThat(StreamRecords.await(broker.bootstrapServers(), "readings.fraud.dlq", 1, 3))
                .extracting(Result::origin)
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    private static double metric(Ports ports, String name) throws Exception {
        try (Caller caller = new Caller(ports)) {
            return caller.metric(name);
        }
    }
}
