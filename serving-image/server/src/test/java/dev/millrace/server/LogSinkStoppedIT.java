package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.Store;
import dev.millrace.server.Caller.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prediction log's broker is killed under traffic and comes back: callers feel nothing, and every record is accounted for. */
class LogSinkStoppedIT {
    private static final String TOPIC = "predictions";
    /** Of the ring between callers and the sender. */
    private static final int RING = 10_000;
    /** Records that the producer's own buffer holds at most, at 256 bytes each. */
    private static final int BUFFER = (8 << 20) / 256;

    private static final int ROWS = 20;

    @TempDir
    Path dir;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> ids = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    /** Calls that may be made; all of them when {@link #fast}. */
    private final Semaphore turns = new Semaphore(0);

    private final List<Thread> callers = new ArrayList<>();
    private volatile boolean fast = true;
    private volatile boolean stop;

    private static ServingConfig config(String broker) {
        return new ServingConfig(
                "test",
                "fraud",
                "stable",
                new Model(Specs.model("loop.onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                new Slo("99.9", 10_000, "99.9", new Budget(0, 5_000, 5_000, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, ROWS, 0, 512, 512, List.of("CPU"), 3_000),
                new Kafka(broker, null, null, null, null),
                new Features(
                        new Store("redis://127.0.0.1:1", null, null, null),
                        List.of(),
                        List.of(),
                        List.of(new RequestField("amount", "FP32", true, null)),
                        List.of("amount"),
                        "Default",
                        "Serve"),
                null,
                null,
                null,
                new Logger(TOPIC, 100, "all"),
                null);
    }

    private void call(Caller c) {
        JsonArray entities = new JsonArray();
        for (int i = 0; i < ROWS; i++) {
            entities.add(new JsonObject());
        }
        String body = new JsonObject()
                .put("entities", entities)
                .put("inputs", new JsonObject().put("amount", 1))
                .toString();
        while (!stop) {
            try {
                if (!fast) {
                    turns.acquire();
                }
                Reply reply = c.post("/v2/models/fraud/predict", body);
                if (reply.status() != 200) {
                    failures.add(reply.status() + " " + reply.body());
                    continue;
                }
                for (Object p : reply.body().getJsonArray("predictions")) {
                    JsonObject prediction = (JsonObject) p;
                    ids.add(prediction.getString("predictionId"));
                    if (prediction.getJsonObject("outputs").isEmpty()) {
                        failures.add(prediction.toString());
                    }
                }
                answered.addAndGet(ROWS);
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }
    }

    @AfterEach
    void endCalls() throws InterruptedException {
        stop = true;
        fast = true;
        turns.release(callers.size());
        for (Thread caller : callers) {
            caller.join();
        }
    }

    private static double records(Caller c, String result) throws Exception {
        return c.metric("millrace_log_records_total", "result=\"" + result + "\"");
    }

    private static void eventually(ThrowingRunnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(assertion);
    }

    @Test
    void callersFeelNothingAndWhatIsLostIsCounted() throws Exception {
        int port = TestStore.freePort();
        String address = "127.0.0.1:" + port;
        BrokerProcess broker = BrokerProcess.start(dir, port, TOPIC);
        try (ServerProcess server = ServerProcess.start(dir, config(address));
                Caller c = new Caller(server.awaitReady())) {
            for (int i = 0; i < 2; i++) {
                Thread caller = new Thread(() -> call(c), "caller-" + i);
                callers.add(caller);
                caller.start();
            }
            eventually(() -> assertThat(records(c, "sent")).isGreaterThan(20 * ROWS));

            // so few that the producer has room for them all: what it drops it has tried to deliver for as long as it
            // may
            fast = false;
            broker.close();
            eventually(() -> {
                turns.release(1);
                assertThat(records(c, "dropped")).isPositive();
                assertThat(c.status().getString("reason")).isEqualTo("KafkaUnavailable");
            });
            assertThat(c.status().getString("state")).isEqualTo("Ready");

            fast = true;
            turns.release(callers.size());
            int without = answered.get();
            eventually(() -> assertThat(answered.get()).isGreaterThan(without + RING + 2 * BUFFER));
            // the answers first: those that come meanwhile do not look like records that are kept
            int known = answered.get();
            assertThat(known - records(c, "sent") - records(c, "dropped"))
                    .as("records that are kept")
                    .isLessThanOrEqualTo(RING + BUFFER);

            double sent = records(c, "sent");
            broker = BrokerProcess.start(dir, port, TOPIC);
            eventually(() -> {
                assertThat(records(c, "sent")).isGreaterThan(sent);
                assertThat(c.status().getString("reason")).isNull();
            });
            endCalls();
            assertThat(failures).isEmpty();
            eventually(
                    () -> assertThat(records(c, "sent") + records(c, "dropped")).isEqualTo(answered.get()));
            assertThat(records(c, "failed")).as("refused by Kafka").isZero();
            assertKept(c, address);
        } finally {
            broker.close();
        }
    }

    private void assertKept(Caller c, String address) throws Exception {
        Set<String> kept = new HashSet<>();
        LogRecords.read(address, TOPIC).forEach(r -> kept.add(r.getString("predictionId")));
        System.out.printf(
                "%d answers, %.0f records sent, %.0f dropped, %d in the topic%n",
                answered.get(), records(c, "sent"), records(c, "dropped"), kept.size());
        Set<String> known = new HashSet<>(ids);
        assertThat(known).as("each prediction has an id of its own").hasSize(answered.get());
        assertThat(known.containsAll(kept)).as("nothing but what was answered").isTrue();
        // one more may be there for each that was written, but whose acknowledgement died with the broker
        assertThat(kept.size()).isGreaterThanOrEqualTo((int) records(c, "sent"));
        String last = ids.stream().reduce((a, b) -> b).orElseThrow();
        assertThat(kept).as("the newest").contains(last);
    }
}
