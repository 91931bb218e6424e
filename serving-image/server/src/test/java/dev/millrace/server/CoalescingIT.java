package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.config.ServingConfig.FallbackResponse;
import dev.millrace.contract.config.ServingConfig.Features;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.OutputValue;
import dev.millrace.contract.config.ServingConfig.RequestCache;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.config.Store;
import dev.millrace.server.Caller.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that ask for the same at the same time; the model counts to its input, so it is as slow as a test wants. */
@NullUnmarked // what is null here fails the test
class CoalescingIT {
    /** Long enough to be seen executing. */
    private static final double SLOW_MS = 300;

    private static final int PATIENCE_SECONDS = 60;

    private final ExecutorService callers = Executors.newFixedThreadPool(32);
    private ModelServer server;
    private Caller caller;
    /** What this machine takes so long for. */
    private int slow;

    @AfterEach
    void stop() {
        callers.shutdownNow();
        if (caller != null) {
            caller.close();
        }
        if (server != null) {
            server.stop();
        }
    }

    private void start(String key, @Nullable Fallback fallback) throws Exception {
        server = ModelServer.start(new ServingConfig(
                "test",
                "fraud",
                "stable",
                new Model(Specs.model("loop.onnx").toString(), "1", null, "onnx", List.of(), List.of()),
                new Slo("99.9", 60_000, "99.9", new Budget(0, 30_000, 30_000, 2)),
                new Server(0, 0, 0, "127.0.0.1", 1, 1, 0, 64, 64, List.of("CPU"), 3_000),
                null,
                new Features(
                        new Store("redis://127.0.0.1:1", null, null, null),
                        List.of(),
                        List.of(),
                        List.of(new RequestField("amount", "FP32", true, null)),
                        List.of("amount"),
                        "Default",
                        "Serve"),
                new RequestCache(60_000, 1_000, key),
                null,
                fallback,
                null,
                null));
        caller = new Caller(server.ports());
        caller.awaitState("Ready");
        // the warm-up took the model for a fast one, which event loops execute themselves: three slow runs in a row
        // show that it is not, lest a loop be held up by a run while it is to show that run
        for (int amount = 5_000; slow == 0; amount *= 2) {
            // the shortest of three: another program may have had the processor for a part of a run
            double ms = Math.min(runMs(amount), Math.min(runMs(amount + 1), runMs(amount + 2)));
            slow = ms < SLOW_MS ? 0 : 2 * amount;
        }
    }

    private double runMs(int amount) throws Exception {
        Reply reply = predict(amount, 0);
        assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        return reply.body().getJsonObject("timingsMs").getDouble("inference");
    }

    private Reply predict(int amount, int timeoutMs) throws Exception {
        return caller.post(
                "/v2/models/fraud/predict",
                new JsonObject()
                        .put("inputs", new JsonObject().put("amount", amount))
                        .put("timeoutMs", timeoutMs)
                        .toString());
    }

    private Future<Reply> ask(int amount, int timeoutMs) {
        return callers.submit(() -> predict(amount, timeoutMs));
    }

    private double runs() throws Exception {
        return caller.metric("millrace_batch_size_count");
    }

    private void awaitExecuting() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> caller.metric("millrace_scheduler_inflight", "state=\"executing\"") == 1);
    }

    private static String cacheFlag(Reply reply, int prediction) {
        return reply.body()
                .getJsonArray("predictions")
                .getJsonObject(prediction)
                .getJsonObject("flags")
                .getString("cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vector", "Inputs"})
    void manyWhoAskForTheSameCostOneRun(String key) throws Exception {
        start(key, null);
        double before = runs();
        double lookUps = caller.metric("millrace_cache_requests_total", "level=\"l1\"");
        List<Future<Reply>> replies = new ArrayList<>();
        replies.add(ask(slow, 0));
        awaitExecuting();
        for (int i = 1; i < 32; i++) {
            replies.add(ask(slow, 0));
        }
        List<String> flags = new ArrayList<>();
        for (Future<Reply> reply : replies) {
            Reply r = reply.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(r.status()).as("%s", r.body()).isEqualTo(200);
            assertThat(Caller.prediction(r).getJsonObject("outputs"))
                    .isEqualTo(Caller.prediction(replies.get(0).get()).getJsonObject("outputs"));
            flags.add(Caller.text(r, "flags", "cache"));
        }
        assertThat(flags.get(0)).isEqualTo("Miss");
        assertThat(flags.subList(1, flags.size())).isSubsetOf("Coalesced", "Hit");
        assertThat(flags).contains("Coalesced");
        assertThat(runs() - before).isEqualTo(1);
        caller.awaitMetric(
                flags.stream().filter("Coalesced"::equals).count(),
                "millrace_cache_requests_total",
                "level=\"l1\"",
                "result=\"coalesced\"");
        // each look-up counts once
        caller.awaitMetric(lookUps + 32, "millrace_cache_requests_total", "level=\"l1\"");

        // and within one call
        Reply twice = caller.post(
                "/v2/models/fraud/predict",
                new JsonObject()
                        .put("entities", new JsonArray().add(new JsonObject()).add(new JsonObject()))
                        .put("inputs", new JsonObject().put("amount", 7))
                        .toString());
        assertThat(cacheFlag(twice, 0)).isEqualTo("Miss");
        assertThat(cacheFlag(twice, 1)).isEqualTo("Coalesced");
        assertThat(runs() - before).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vector", "Inputs"})
    void whenTheOneWhoLeadsIsCutTheOthersAskForThemselves(String key) throws Exception {
        start(key, null);
        Future<Reply> leader = ask(3 * slow, (int) SLOW_MS);
        awaitExecuting();
        List<Future<Reply>> others = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            others.add(ask(3 * slow, 0));
        }
        assertThat(leader.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(503);
        for (Future<Reply> other : others) {
            Reply reply = other.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(reply.status()).as("%s", reply.body()).isEqualTo(200);
        }
        // nothing is left of it: the next one is answered from the cache
        assertThat(Caller.text(predict(3 * slow, 0), "flags", "cache")).isEqualTo("Hit");
    }

    @Test
    void aCallerThatHangsUpTakesNobodyWithIt() throws Exception {
        start("Vector", null);
        double before = runs();
        String body = "{\"inputs\": {\"amount\": " + slow + "}}";
        Future<Reply> other;
        try (Socket leader = new Socket("127.0.0.1", server.ports().rest())) {
            leader.getOutputStream()
                    .write(("POST /v2/models/fraud/predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            awaitExecuting();
            other = ask(slow, 0);
        }
        assertThat(Caller.text(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS), "flags", "cache"))
                .isIn("Coalesced", "Hit");
        assertThat(runs() - before).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Vector", "Inputs"})
    void whoWaitsHasADeadlineAndAFallbackOfItsOwn(String key) throws Exception {
        start(
                key,
                new Fallback(
                        List.of("Timeout"),
                        List.of("Default"),
                        new FallbackResponse(null, List.of(new OutputValue("counted", "FP32", List.of("-1"))))));
        Future<Reply> leader = ask(3 * slow, 0);
        awaitExecuting();
        Reply hurried = predict(3 * slow, 100);
        assertThat(leader.isDone()).as("answered before the one it waited for").isFalse();
        assertThat(hurried.status()).isEqualTo(200);
        assertThat(Caller.text(hurried, "flags", "fallback")).isEqualTo("Timeout");
        assertThat(Caller.text(hurried, "flags", "fallbackStep")).isEqualTo("Default");
        assertThat(Caller.text(leader.get(PATIENCE_SECONDS, TimeUnit.SECONDS), "flags", "cache"))
                .isEqualTo("Miss");
        assertThat(Caller.text(predict(3 * slow, 0), "flags", "cache")).isEqualTo("Hit");
    }
}
