package dev.millrace.server;

import dev.millrace.server.engine.Overhead;
import dev.millrace.server.predict.ModelVersion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own first callers: loopback requests through every parser, the store and the scheduler, so that the first
 * real one does not pay for connections, class loading and compilation. They are neither counted nor logged.
 *
 * <p>It ends when the server is warm, not after a number of calls: calls one after another keep the store's budget, and the
 * compilers, which take the processor from the event loop where there is only one, have little left to do.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int PARALLEL = 4;
    /** Before the first look whether it is warm. */
    private static final int REQUESTS = 2_000;
    /** A machine that never gets warm (too busy, or a store too far) becomes ready all the same. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final int FEW_REQUESTS = 200;
    private static final long SHORT_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int MEASURED = 50;
    private static final int WARM_ROUNDS = 3;
    /** Share of the time that compilers may still take. */
    private static final double COMPILING = 0.25;

    private final Parts parts;
    private final ModelVersion version;
    private final Vertx vertx;
    private final Ports ports;
    private final Overhead overhead = new Overhead();
    private final long begin = System.nanoTime();

    /** One round: how late the store's part was, and how busy the compilers were. */
    private record Round(double featuresMs, double compiling) {}

    WarmUp(Vertx vertx, Parts parts, Ports ports, ModelVersion version) {
        this.vertx = vertx;
        this.parts = parts;
        this.ports = ports;
        this.version = version;
    }

    /** Ms that a request takes outside the scheduler; 0 when the spec has no features. */
    double run() throws InterruptedException {
        double budget = parts.config().slo().budget().featuresMs();
        Round last = new Round(0, 0);
        int warm = 0;
        try (Loopback loopback = new Loopback(vertx, parts, ports, version, PARALLEL)) {
            while (loopback.sent() < REQUESTS && goesOn()) {
                burst(loopback);
            }
            while (warm < WARM_ROUNDS && goesOn()) {
                last = measure(loopback);
                warm = last.featuresMs() <= budget && last.compiling() <= COMPILING ? warm + 1 : 0;
            }
            LOG.info(
                    "warm-up: {} requests in {} ms, {} of them late; features p95 {} ms, compilers {} %{}",
                    loopback.sent(),
                    (System.nanoTime() - begin) / 1_000_000,
                    loopback.failed(),
                    last.featuresMs(),
                    Math.round(100 * last.compiling()),
                    warm < WARM_ROUNDS ? ": not warm, but ready" : "");
        }
        return overhead.ms();
    }

    /**
     * For a version that takes over on a warm server, beside callers: what is new are the model and its threads, and a few
     * calls one after another show that they work.
     */
    void again() throws InterruptedException {
        try (Loopback loopback = new Loopback(vertx, parts, ports, version, 1)) {
            while (loopback.sent() < FEW_REQUESTS
                    && System.nanoTime() - begin < SHORT_LIMIT_NANOS
                    && !parts.state().isDraining()) {
                await(Future.join(loopback.oneOfEach()));
            }
            LOG.info(
                    "warm-up of version {}: {} requests in {} ms, {} of them late",
                    version.name(),
                    loopback.sent(),
                    (System.nanoTime() - begin) / 1_000_000,
                    loopback.failed());
        }
    }

    private boolean goesOn() {
        return System.nanoTime() - begin < LIMIT_NANOS && !parts.state().isDraining();
    }

    private static void burst(Loopback loopback) throws InterruptedException {
        List<Future<Buffer>> round = new ArrayList<>();
        for (int i = 0; i < PARALLEL; i++) {
            round.addAll(loopback.oneOfEach());
        }
        await(Future.join(round));
    }

    /** Calls one after another; the time of a call that waits for others says nothing. */
    private Round measure(Loopback loopback) throws InterruptedException {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        boolean timed = compilers != null && compilers.isCompilationTimeMonitoringSupported();
        long compiledMs = timed ? compilers.getTotalCompilationTime() : 0;
        long start = System.nanoTime();
        double[] features = new double[MEASURED];
        double[] around = new double[MEASURED];
        int n = 0;
        for (int i = 0; i < MEASURED && goesOn(); i++) {
            if (parts.plan() == null) {
                await(Future.join(loopback.oneOfEach()));
                continue;
            }
            Buffer answer = await(loopback.predict());
            if (answer == null || answer.length() == 0) {
                continue;
            }
            JsonObject t = answer.toJsonObject().getJsonObject("timingsMs");
            if (t != null) {
                features[n] = t.getDouble("features");
                around[n++] = Math.max(0, t.getDouble("total") - t.getDouble("queue") - t.getDouble("inference"));
            }
        }
        double ms = (System.nanoTime() - start) / 1e6;
        double compiling = timed ? (compilers.getTotalCompilationTime() - compiledMs) / ms : 0;
        overhead.round(Arrays.copyOf(around, n));
        return new Round(Overhead.quantile(Arrays.copyOf(features, n), 0.95), compiling);
    }

    private static <T> @Nullable T await(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // counted where it is sent; a machine too busy for that is ready all the same
            return null;
        }
    }
}
