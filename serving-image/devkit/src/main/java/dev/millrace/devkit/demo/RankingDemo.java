package dev.millrace.devkit.demo;

import dev.millrace.devkit.load.GrpcPredictor;
import dev.millrace.devkit.load.LoadStats;
import dev.millrace.devkit.load.OpenLoop;
import dev.millrace.devkit.load.Predictor;
import dev.millrace.devkit.load.RestPredictor;
import dev.millrace.devkit.shop.Shop;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One run of the recommendations demo: history, warm-up, pages for users, and one user whose interest turns. */
final class RankingDemo {
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration HISTORY_PATIENCE = Duration.ofSeconds(60);
    private static final int POPULAR = 1_000;

    private final Target target;
    private final Demo.Settings settings;
    private final int candidates;
    private final @Nullable String popularTopic;
    private final PrintStream out;
    private final Screen screen;
    private final Shop shop = Shop.sample();

    /**
     * @param candidates of each call
     * @param popularTopic where the calls of the most active users go; null = nowhere
     */
    RankingDemo(Target target, Demo.Settings settings, int candidates, @Nullable String popularTopic, PrintStream out) {
        this.target = target;
        this.settings = settings;
        this.candidates = candidates;
        this.popularTopic = popularTopic;
        this.out = out;
        this.screen = new Screen(out, settings.liveScreen(), target, curls(target));
    }

    /** The report, and what became of the interest. */
    record Outcome(RankingReport report, InterestCheck.Result interest) {}

    static List<String> curls(Target target) {
        String predict = "  curl -s " + target.rest() + "/v2/models/" + target.model()
                + "/predict -H 'content-type: application/json' -d '{\"entities\":[{\"user_id\":\"u-17\"}],"
                + "\"candidates\":[{\"item_id\":\"i-1\"},{\"item_id\":\"i-2\"},{\"item_id\":\"i-3\"},{\"item_id\":\"i-4\"}]";
        return List.of(predict + "}'", predict + ",\"explain\":true}'", "  curl -s " + target.metrics());
    }

    Outcome run() {
        Vertx vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setBlockedThreadCheckInterval(TimeUnit.HOURS.toMillis(1)));
        try (Events events = new Events(target.bootstrapServers())) {
            Visits visits =
                    new Visits(shop, target.model(), candidates, events, settings.eventsPerSecond(), settings.seed());
            AggregatorProbe probe = new AggregatorProbe(target.aggregatorMetrics());
            loadHistory(visits, events, probe);
            Predictor rest = new RestPredictor(
                    vertx, target.rest().getHost(), target.rest().getPort());
            Predictor grpc = new GrpcPredictor(
                    vertx, target.grpc().getHost(), target.grpc().getPort());
            double rate = settings.predictionsPerSecond();
            OpenLoop quarter = new OpenLoop(vertx, List.of(rest, grpc), rate / 4, settings.seed() + 1);
            OpenLoop loop = new OpenLoop(vertx, List.of(rest, grpc), rate, settings.seed());
            Phases phases = new Phases(screen, probe, events::sent);
            Histogram before = probe.pipeline();
            for (OpenLoop gentle : List.of(quarter, loop)) {
                Duration half = WARM_UP.dividedBy(2);
                phases.run("warming up", gentle, () -> visits.next(a -> {}), new LoadStats(), before, half, () -> null);
            }
            if (!screen.isLive()) {
                out.println("warm-up ends; it is not in the figures below");
            }
            return measure(visits, events, probe, phases, loop, rest);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private Outcome measure(
            Visits visits, Events events, AggregatorProbe probe, Phases phases, OpenLoop loop, Predictor rest) {
        Histogram before = probe.pipeline();
        LoadStats measured = new LoadStats();
        Lists lists = new Lists(shop);
        AtomicReference<@Nullable String> turned = new AtomicReference<>();
        CompletableFuture<InterestCheck.Result> interest = CompletableFuture.supplyAsync(
                () -> {
                    InterestCheck.Result result =
                            new InterestCheck(shop, target.model(), rest, visits, settings.seed() + 1000).run();
                    turned.set(result.toString());
                    if (!screen.isLive()) {
                        out.println(result);
                    }
                    return result;
                },
                CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS));
        Duration duration = settings.duration() == null ? Duration.ofDays(365) : settings.duration();
        phases.run("measuring", loop, () -> visits.next(lists::add), measured, before, duration, () -> {
            RankingReport.Items items = RankingReport.Items.of(measured.snapshot(), candidates);
            String note = items + String.format("%n") + lists.summary();
            return turned.get() == null ? note : note + String.format("%n%n") + turned.get();
        });
        InterestCheck.Result result = interest.join();
        measured.snapshot().errorSamples().forEach(e -> out.println("error: " + e));
        if (events.failed() > 0) {
            out.println("error: " + events.failed() + " events were not taken by Kafka: " + events.failure());
        }
        RankingReport report = RankingReport.of(
                measured.snapshot(),
                lists.summary(),
                candidates,
                probe.pipeline().minus(before),
                settings.startupSeconds(),
                target);
        return new Outcome(report, result);
    }

    private void loadHistory(Visits visits, Events events, AggregatorProbe probe) {
        long start = System.nanoTime();
        double already = probe.applied();
        // each event is applied to its user and to its item
        long expected = 2 * visits.sendHistory(System.currentTimeMillis());
        if (popularTopic != null) {
            visits.sendPopular(popularTopic, POPULAR);
        }
        events.flush();
        double applied = probe.awaitApplied(already, expected, HISTORY_PATIENCE);
        out.printf(
                "history: %.0f of %d changes are in the store after %.1f s%n",
                applied, expected, (System.nanoTime() - start) / 1e9);
    }
}
