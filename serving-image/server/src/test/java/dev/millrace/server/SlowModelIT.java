package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Kafka;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.FallbackResponse;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Logger;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.OutputValue;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.Store;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.broker.EmbeddedBroker.Topic;
import dev.millrace.server.Caller.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model that is suddenly more than ten times slower than it was calibrated, in a process of its own, and then as fast as
 * before: what its callers, the metrics and the prediction log see.
 */
class SlowModelIT {
    private static final double THRESHOLD_MS = 1_000;
    /** A run that lasts until it is ended: the quickest machine counts for a minute. */
    private static final int ENDLESS = 500_000_000;

    private static final double DEFAULT = -1;
    private static final Topic TOPIC = new Topic("predictions", 1);

    @TempDir
    Path dir;

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean slow;
    private volatile boolean stop;

    /** {@code fallback}: the reason, "null" = the model's own answer. */
    private record Answer(String id, String predictionId, String fallback, double totalMs) {}

    private static ServingConfig config(String broker) {
        return new ServingConfig(
                "test",
                "fraud",
                "stable",
                new Model(Specs.model("plodding.onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                new Slo("99.9", THRESHOLD_MS, "99.9", new Budget(0, 300, 600, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 64, 64, List.of("CPU"), 3_000),
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
                new Fallback(
                        List.of("Timeout", "Overload"),
                        List.of("Default"),
                        new FallbackResponse(null, List.of(new OutputValue("counted", "FP32", List.of("" + DEFAULT))))),
                new Logger(TOPIC.name(), 100, "all"),
                null);
    }

    private void call(Caller c, int number) {
        SplittableRandom random = new SplittableRandom(number);
        for (int i = 0; !stop; i++) {
            int amount = slow ? ENDLESS : random.nextInt(500);
            String id = number + "-" + i;
            try {
                ask(c, id, amount);
            } catch (Exception | AssertionError e) {
                failures.add(id + ": " + e);
            }
        }
    }

    private void ask(Caller c, String id, int amount) throws Exception {
        Reply reply = c.post(
                "/v2/models/fraud/predict",
                new JsonObject()
                        .put("id", id)
                        .put("inputs", new JsonObject().put("amount", amount))
                        .toString());
        answers.add(check(reply, id, amount));
    }

    /** Each caller has the answer to its own question, or the fallback's. */
    private static Answer check(Reply reply, String id, int amount) {
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        assertThat(reply.body().getString("id")).isEqualTo(id);
        String fallback = Caller.text(reply, "flags", "fallback");
        assertThat(fallback).isIn("null", "Timeout", "Overload");
        assertThat(Double.parseDouble(Caller.text(reply, "outputs", "counted")))
                .as(fallback)
                .isEqualTo(fallback.equals("null") ? amount : DEFAULT);
        return new Answer(
                id,
                Caller.text(reply, "predictionId"),
                fallback,
                reply.body().getJsonObject("timingsMs").getDouble("total"));
    }

    private long count(String fallback) {
        return answers.stream().filter(a -> a.fallback().equals(fallback)).count();
    }

    private static void eventually(ThrowingRunnable assertion) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(assertion);
    }

    @Test
    void callersAreAnsweredAtTheirDeadlinesAndAdmittedAgainAfterwards() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(TOPIC);
                ServerProcess server = ServerProcess.start(dir, config(broker.bootstrapServers()));
                Caller c = new Caller(server.awaitReady())) {
            // until the log's producer has met its broker, records may be dropped
            eventually(() -> {
                ask(c, "first-" + answers.size(), 1);
                assertThat(c.metric("millrace_log_records_total", "result=\"sent\""))
                        .isPositive();
            });
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                callers.add(new Thread(() -> call(c, number), "caller-" + i));
            }
            try {
                callers.forEach(Thread::start);
                eventually(() -> assertThat(count("null")).isGreaterThan(20));
                slow = true;
                eventually(() -> {
                    assertThat(c.metric("millrace_scheduler_inflight", "state=\"executing\""))
                            .isLessThanOrEqualTo(1);
                    assertThat(c.metric("millrace_executions_terminated_total")).isGreaterThanOrEqualTo(3);
                });
                assertThat(c.get("/v2/health/ready").status()).isEqualTo(200);
                slow = false;
                long before = count("null");
                eventually(() -> assertThat(count("null")).isGreaterThan(before + 50));
            } finally {
                stop = true;
                for (Thread caller : callers) {
                    caller.join();
                }
            }
            assertThat(failures).isEmpty();
            assertLate(c);
            assertCounted(c);
            assertLogged(c, broker.bootstrapServers());
        }
    }

    private void assertLate(Caller c) throws Exception {
        double calibratedMs = c.get("/v2/models/fraud/calibration").body().getDouble("serviceMs");
        List<Double> late = answers.stream()
                .filter(a -> a.fallback().equals("Timeout"))
                .map(Answer::totalMs)
                .sorted()
                .toList();
        System.out.printf(
                "calibrated %.2f ms; %d answers, of them %d late, after %s ms%n",
                calibratedMs, answers.size(), late.size(), late);
        assertThat(10 * calibratedMs).isLessThan(THRESHOLD_MS);
        assertThat(late).hasSizeGreaterThanOrEqualTo(3);
        assertThat(late.get(late.size() - 1))
                .as("not before its deadline, and long before its run would have ended")
                .isBetween(0.95 * THRESHOLD_MS, 10 * THRESHOLD_MS);
    }

    private void assertCounted(Caller c) throws Exception {
        eventually(() -> assertThat(c.metric("millrace_scheduler_inflight")).isZero());
        c.awaitMetric(answers.size(), "millrace_requests_total");
        for (String reason : List.of("Timeout", "Overload")) {
            c.awaitMetric(count(reason), "millrace_fallbacks_total", "reason=\"" + reason + "\"");
        }
        assertThat(c.metric("millrace_batch_size_count"))
                .as("runs that were not ended")
                .isGreaterThanOrEqualTo(count("null"));
    }

    private void assertLogged(Caller c, String broker) {
        long early = answers.stream().filter(a -> a.id().startsWith("first-")).count();
        eventually(() -> {
            double dropped = c.metric("millrace_log_records_total", "result=\"dropped\"");
            assertThat(dropped).as("only before the first contact").isLessThan(early);
            assertThat(c.metric("millrace_log_records_total", "result=\"sent\"") + dropped)
                    .isEqualTo(answers.size());
        });
        Map<String, String> logged = LogRecords.read(broker, TOPIC.name()).stream()
                .collect(Collectors.toMap(
                        r -> r.getString("predictionId"),
                        r -> String.valueOf(r.getJsonObject("flags").getValue("fallback"))));
        assertThat(answers.stream().collect(Collectors.toMap(Answer::predictionId, Answer::fallback)))
                .containsAllEntriesOf(logged);
        assertThat(answers).allSatisfy(answer -> assertThat(
                        answer.id().startsWith("first-") || logged.containsKey(answer.predictionId()))
                .as("%s is in the log", answer)
                .isTrue());
    }
}
