package dev.millrace.devkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OpenLoopIT {
    private static final String ANSWER =
            "{\"predictions\":[{\"label\":\"approve\",\"flags\":{\"fallback\":null,\"stale\":[],\"defaulted\":[]}}],"
                    + "\"timingsMs\":{\"features\":0.8,\"queue\":0.1,\"inference\":0.4,\"postProcessing\":0.0,\"total\":1.6}}";

    private final Vertx vertx = Vertx.vertx();

    private LoadStats.Snapshot run(HttpServer server, double perSecond, long seconds) throws Exception {
        server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
        LoadStats stats = new LoadStats();
        try {
            OpenLoop loop = new OpenLoop(
                    vertx, List.of(new RestPredictor(vertx, "127.0.0.1", server.actualPort())), perSecond, 1);
            PredictCall call = new PredictCall("fraud", "x", Map.of("customer_id", "c-1"), Map.of("amount", 1.0));
            loop.run(TimeUnit.SECONDS.toNanos(seconds), () -> new OpenLoop.Work(call, answer -> {}), stats);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
        return stats.snapshot();
    }

    @Test
    void aStallOfTheServerShowsInTheTailAlthoughNothingWasSentMeanwhileByAClosedLoop() throws Exception {
        AtomicLong first = new AtomicLong();
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = vertx.createHttpServer().requestHandler(request -> {
            calls.incrementAndGet();
            // Silent from the first to the second second, then it answers all at once.
            first.compareAndSet(0, System.nanoTime());
            long ms = (System.nanoTime() - first.get()) / 1_000_000;
            long wait = ms >= 1000 && ms < 2000 ? 2000 - ms : 0;
            if (wait == 0) {
                request.response().end(ANSWER);
            } else {
                vertx.setTimer(wait, id -> request.response().end(ANSWER));
            }
        });
        LoadStats.Snapshot run = run(server, 100, 4);
        System.out.println(run);
        assertThat(run.errors()).isZero();
        assertThat(run.requests()).isEqualTo(calls.get()).isBetween(300L, 500L);
        assertThat(run.labels()).containsEntry("approve", run.requests());
        // A quarter of the calls fell into the stall: the truth is a p99 near 1 s.
        assertThat(run.latency().p99()).isGreaterThan(700);
        assertThat(run.inference().p50()).isBetween(0.39, 0.41);
    }

    @Test
    void refusalsAreErrorsWithTheServersWords() throws Exception {
        HttpServer server = vertx.createHttpServer()
                .requestHandler(request ->
                        request.response().setStatusCode(400).end("{\"error\":\"inputs.amount is missing\"}"));
        LoadStats.Snapshot run = run(server, 50, 1);
        assertThat(run.errors()).isEqualTo(run.requests()).isPositive();
        assertThat(run.errorSamples()).first().asString().contains("400", "inputs.amount is missing");
    }
}
