package dev.millrace.devkit.demo;

import dev.millrace.devkit.fraud.LiveTraffic;
import dev.millrace.devkit.fraud.Population;
import dev.millrace.devkit.fraud.Purchase;
import dev.millrace.devkit.load.GrpcPredictor;
import dev.millrace.devkit.load.LoadStats;
import dev.millrace.devkit.load.OpenLoop;
import dev.millrace.devkit.load.Predictor;
import dev.millrace.devkit.load.RestPredictor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run of the demo against a running stack: history, warm-up, measurement with a burst in the middle. */
public final class Demo {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(60);

    private final Target target;
    private final Settings settings;
    private final PrintStream out;
    private final Screen screen;
    private final LiveTraffic traffic;

    /**
     * @param predictionsPerSecond REST and gRPC together
     * @param eventsPerSecond purchases that are made
     * @param duration of the measurement; null = until stopped
     */
    public record Settings(
            double predictionsPerSecond,
            double eventsPerSecond,
            @Nullable Duration duration,
            double startupSeconds,
            boolean liveScreen,
            long seed) {}

    public Demo(Target target, Settings settings, PrintStream out) {
        this.target = target;
        this.settings = settings;
        this.out = out;
        this.screen = new Screen(out, settings.liveScreen(), target);
        this.traffic = new LiveTraffic(Population.sample(), settings.seed());
    }

    /** The report, and what the burst did. */
    record Outcome(Report report, BurstCheck.@Nullable Result burst) {}

    Outcome run() {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                // A busy machine shows in the figures; stack traces of this client would only hide them.
                .setBlockedThreadCheckInterval(TimeUnit.HOURS.toMillis(1)));
        try (Purchases purchases = new Purchases(target.bootstrapServers(), target.topic())) {
            AggregatorProbe probe = new AggregatorProbe(target.aggregatorMetrics());
            loadHistory(purchases, probe);
            Predictor rest = new RestPredictor(
                    vertx, target.rest().getHost(), target.rest().getPort());
            Predictor grpc = new GrpcPredictor(
                    vertx, target.grpc().getHost(), target.grpc().getPort());
            double rate = settings.predictionsPerSecond();
            OpenLoop quarter = new OpenLoop(vertx, List.of(rest, grpc), rate / 4, settings.seed() + 1);
            OpenLoop loop = new OpenLoop(vertx, List.of(rest, grpc), rate, settings.seed());
            Feed feed = new Feed(
                    target.model(),
                    traffic,
                    purchases,
                    traffic.live(System.currentTimeMillis(), settings.eventsPerSecond()));

            Phases phases = new Phases(screen, probe, feed::events);
            Histogram before = probe.pipeline();
            // Programs that were just started compile themselves: a quarter of the rate first, then all of it.
            for (OpenLoop gentle : List.of(quarter, loop)) {
                Duration half = WARM_UP.dividedBy(2);
                phases.run("warming up", gentle, feed::next, new LoadStats(), before, half, () -> null);
            }
            if (!screen.isLive()) {
                out.println("warm-up ends; it is not in the figures below");
            }

            before = probe.pipeline();
            LoadStats measured = new LoadStats();
            AtomicReference<@Nullable String> note = new AtomicReference<>();
            CompletableFuture<BurstCheck.Result> burst = burstLater(rest, purchases, note);
            Duration duration = settings.duration() == null ? Duration.ofDays(365) : settings.duration();
            phases.run("measuring", loop, feed::next, measured, before, duration, note::get);
            BurstCheck.Result result = burst.join();
            Report report =
                    Report.of(measured.snapshot(), probe.pipeline().minus(before), settings.startupSeconds(), target);
            measured.snapshot().errorSamples().forEach(e -> out.println("error: " + e));
            if (purchases.failed() > 0) {
                out.println("error: " + purchases.failed() + " events were not taken by Kafka: " + purchases.failure());
            }
            return new Outcome(report, result);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private void loadHistory(Purchases purchases, AggregatorProbe probe) {
        List<Purchase> history = traffic.history(System.currentTimeMillis());
        long start = System.nanoTime();
        double already = probe.applied();
        history.forEach(purchases::send);
        purchases.flush();
        long ok = history.stream().filter(p -> p.status().equals("OK")).count();
        double applied = probe.awaitApplied(already, ok, HISTORY_PATIENCE);
        out.printf(
                "history: %.0f of %d purchases are in the store after %.1f s%n",
                applied, ok, (System.nanoTime() - start) / 1e9);
    }

    private CompletableFuture<BurstCheck.Result> burstLater(
            Predictor predictor, Purchases purchases, AtomicReference<@Nullable String> note) {
        LiveTraffic ofItsOwn = new LiveTraffic(Population.sample(), settings.seed() + 1000);
        return CompletableFuture.supplyAsync(
                () -> {
                    BurstCheck.Result result = new BurstCheck(target.model(), predictor, purchases, ofItsOwn).run();
                    note.set(result.toString());
                    if (!screen.isLive()) {
                        out.println(result);
                    }
                    return result;
                },
                CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS));
    }
}
