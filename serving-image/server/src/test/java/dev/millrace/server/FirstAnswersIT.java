package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.devkit.load.GrpcPredictor;
import dev.millrace.devkit.load.LoadStats;
import dev.millrace.devkit.load.LoadStats.Snapshot;
import dev.millrace.devkit.load.OpenLoop;
import dev.millrace.devkit.load.OpenLoop.Work;
import dev.millrace.devkit.load.PredictCall;
import dev.millrace.devkit.load.RestPredictor;
import dev.millrace.devkit.store.EmbeddedStore;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ready means warm: open-loop load from the moment that a server of one processor says that it is ready, with the fraud
 * sample's width and budgets. Prints how many of the first answers were the fallback's, which depends on what else the
 * machine does; asserts what does not.
 */
class FirstAnswersIT {
    private static final double PER_SECOND = 200;
    private static final long PHASE_NANOS = TimeUnit.MILLISECONDS.toNanos(2_500);

    @TempDir
    Path dir;

    @Test
    void fromReadyOnEveryCallIsAnswered() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (EmbeddedStore store = EmbeddedStore.start()) {
            FraudSpec.fill(store.port());
            long begin = System.nanoTime();
            try (ServerProcess server =
                    ServerProcess.start(dir, FraudSpec.config(store.address(), null), "-XX:ActiveProcessorCount=1")) {
                Ports ports = server.awaitReady();
                double readySeconds = (System.nanoTime() - begin) / 1e9;
                OpenLoop load = new OpenLoop(
                        vertx,
                        List.of(
                                new RestPredictor(vertx, "127.0.0.1", ports.rest()),
                                new GrpcPredictor(vertx, "127.0.0.1", ports.grpc())),
                        PER_SECOND,
                        1);
                Snapshot first = phase(load);
                Snapshot second = phase(load);
                System.out.printf("ready after %.1f s%n%s%n%s%n", readySeconds, line(first), line(second));
                assertThat(first.errors()).as(first.errorSamples().toString()).isZero();
                assertThat(first.requests()).isGreaterThan(400);
                assertThat(second.errors()).as(second.errorSamples().toString()).isZero();
                assertThat(first.defaults()).isZero();
                try (Caller caller = new Caller(ports)) {
                    // the warm-up's own are not among them
                    caller.awaitMetric(first.requests() + second.requests(), "millrace_requests_total");
                    caller.awaitMetric(first.fallbacks() + second.fallbacks(), "millrace_fallbacks_total");
                }
                assertThat(server.errors())
                        .contains("warm-up: ")
                        .doesNotContain("\tat ")
                        .doesNotContain("Exception");
            }
        } finally {
            vertx.close();
        }
    }

    private static Snapshot phase(OpenLoop load) {
        LoadStats stats = new LoadStats();
        AtomicInteger calls = new AtomicInteger();
        load.run(
                PHASE_NANOS,
                () -> {
                    int i = calls.getAndIncrement();
                    return new Work(
                            new PredictCall(
                                    "fraud",
                                    "x" + i,
                                    Map.of("customer_id", FraudSpec.customer(i)),
                                    Map.of("amount", 10.0 + i % 90)),
                            answer -> {});
                },
                stats);
        return stats.snapshot();
    }

    private static String line(Snapshot s) {
        return String.format(
                "%d answers, %d fallbacks (%.1f %%), features p50 %.2f p99 %.2f ms, caller p50 %.2f p99 %.2f max %.1f"
                        + " ms",
                s.requests(),
                s.fallbacks(),
                100.0 * s.fallbacks() / s.requests(),
                s.features().p50(),
                s.features().p99(),
                s.latency().p50(),
                s.latency().p99(),
                s.maxMs());
    }
}
