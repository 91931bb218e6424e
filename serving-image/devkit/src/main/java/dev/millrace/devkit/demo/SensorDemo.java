package dev.millrace.devkit.demo;

import dev.millrace.devkit.demo.Fleet.Place;
import dev.millrace.devkit.sensors.FixedThresholds;
import dev.millrace.devkit.sensors.Reading;
import dev.millrace.devkit.sensors.Verdicts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One run of the anomaly demo: machines send readings, and what comes out of the topic of anomalies is held against the truth and
 * against fixed thresholds. Nobody calls the server.
 */
final class SensorDemo {
    private static final long WARM_UP_MS = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final long SHOW_MS = 5_000;
    private static final long TICK_NANOS = 10_000_000;
    private static final String HOME = "\u001b[H\u001b[J";

    private final Target target;
    private final Demo.Settings settings;
    private final String results;
    private final Map<String, FixedThresholds> thresholds;
    private final PrintStream out;
    private final AggregatorProbe aggregator;
    private final StreamProbe server;

    /**
     * @param settings one machine for each event a second
     * @param results the topic of anomalies
     * @param thresholds file of {@link FixedThresholds#read}
     */
    SensorDemo(Target target, Demo.Settings settings, String results, Path thresholds, PrintStream out)
            throws IOException {
        this.target = target;
        this.settings = settings;
        this.results = results;
        this.thresholds = new TreeMap<>(FixedThresholds.read(thresholds));
        this.out = out;
        this.aggregator = new AggregatorProbe(target.aggregatorMetrics());
        this.server = new StreamProbe(target.metrics());
    }

    SensorReport run() {
        int machines = (int) Math.max(1, Math.round(settings.eventsPerSecond()));
        try (KafkaProducer<String, String> producer = producer();
                Anomalies anomalies = new Anomalies(target.bootstrapServers(), results)) {
            long begin = System.currentTimeMillis();
            Fleet fleet = new Fleet(producer, target.topic(), machines, settings.seed(), begin);
            fleet.sendUntil(begin);
            long history = fleet.sent();
            // the machines go on meanwhile
            boolean caughtUp = sendWhile(
                    fleet, () -> server.counts().all() < fleet.sent() - 2L * machines, PATIENCE.toMillis(), null);
            double seconds = (System.currentTimeMillis() - begin) / 1e3;
            out.printf(
                    Locale.ROOT,
                    "history: %d readings of %d machines are scored after %.1f s%n",
                    history,
                    machines,
                    seconds);
            sendWhile(fleet, () -> true, WARM_UP_MS, null);
            out.println("warm-up ends; it is not in the figures below");
            return measure(fleet, anomalies, caughtUp);
        }
    }

    private SensorReport measure(Fleet fleet, Anomalies anomalies, boolean caughtUp) {
        Histogram pipeline = aggregator.pipeline();
        Histogram scored = server.results();
        long fromMs = System.currentTimeMillis();
        anomalies.measureFrom(fromMs);
        Duration duration = settings.duration() == null ? Duration.ofDays(365) : settings.duration();
        sendWhile(
                fleet, () -> true, duration.toMillis(), () -> report(fleet, anomalies, pipeline, scored, fromMs, null));
        // what was sent is decided
        String failure = caughtUp ? null : "the server did not score the history within " + PATIENCE.toSeconds() + " s";
        await(() -> {
            StreamProbe.Counts counts = server.counts();
            return fleet.taken().size() + fleet.failed() == fleet.sent()
                    && counts.all() >= fleet.taken().size()
                    && anomalies.of().size() >= counts.scored();
        });
        if (anomalies.failure() != null) {
            failure = "results cannot be read: " + anomalies.failure();
        } else if (fleet.failed() > 0) {
            failure = fleet.failed() + " readings were not taken by Kafka";
        }
        SensorReport report = report(fleet, anomalies, pipeline, scored, fromMs, failure);
        out.println();
        report.table().forEach(out::println);
        return report;
    }

    /** Sends what is due, shows how it goes now and then; whether {@code condition} ended it, and not the time. */
    private boolean sendWhile(Fleet fleet, BooleanSupplier condition, long forMs, @Nullable Reporter reporter) {
        long start = System.nanoTime();
        long looked = start;
        long shown = start;
        while (true) {
            long now = System.nanoTime();
            if ((now - start) / 1_000_000 >= forMs || Thread.currentThread().isInterrupted()) {
                return false;
            }
            fleet.sendUntil(System.currentTimeMillis());
            if (now - looked > 200_000_000L) {
                looked = now;
                if (!condition.getAsBoolean()) {
                    return true;
                }
            }
            if (reporter != null && (now - shown) / 1_000_000 >= SHOW_MS) {
                shown = now;
                show(reporter.report());
            }
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private interface Reporter {
        SensorReport report();
    }

    private void show(SensorReport so) {
        if (settings.liveScreen()) {
            out.print(HOME + "Millrace demo: " + target.model() + "   Ctrl-C stops everything\n\n"
                    + String.join("\n", so.table()) + "\n");
            out.flush();
            return;
        }
        Verdicts.Summary model = so.model();
        Verdicts.Summary fixed = so.fixedThresholds().get(FixedThresholds.SAME_FAULTS_FOUND);
        out.printf(
                Locale.ROOT,
                "%d readings   faults found %d   false alarms %d (fixed thresholds %d)   event -> anomaly p99 %s ms%n",
                model.readings(),
                model.found(),
                model.falseAlarms(),
                fixed == null ? 0 : fixed.falseAlarms(),
                so.eventToAnomalyMs().p99());
    }

    /** Waits for the last results; what is not there then is missing. */
    private void await(BooleanSupplier done) {
        long start = System.nanoTime();
        while (!done.getAsBoolean() && System.nanoTime() - start < PATIENCE.toNanos()) {
            LockSupport.parkNanos(100_000_000);
        }
    }

    private SensorReport report(
            Fleet fleet,
            Anomalies anomalies,
            Histogram pipelineBefore,
            Histogram scoredBefore,
            long fromMs,
            @Nullable String failure) {
        Verdicts model = new Verdicts();
        Map<String, Verdicts> fixed = new TreeMap<>();
        thresholds.keySet().forEach(name -> fixed.put(name, new Verdicts()));
        List<Map.Entry<Place, Reading>> judged = fleet.taken().entrySet().stream()
                .filter(taken -> taken.getValue().ts() >= fromMs)
                .sorted(Comparator.comparing(taken -> taken.getValue().ts()))
                .toList();
        for (Map.Entry<Place, Reading> taken : judged) {
            Reading reading = taken.getValue();
            model.add(reading, anomalies.of().contains(taken.getKey()));
            thresholds.forEach((name, bounds) ->
                    fixed.computeIfAbsent(name, n -> new Verdicts()).add(reading, bounds.alarm(reading)));
        }
        Map<String, Verdicts.Summary> summaries = new TreeMap<>();
        fixed.forEach((name, verdicts) -> summaries.put(name, verdicts.summary()));
        StreamProbe.Counts counts = server.counts();
        Histogram pipeline = aggregator.pipeline().minus(pipelineBefore);
        Histogram scored = server.results().minus(scoredBefore);
        return new SensorReport(
                fleet.taken().size(),
                new SensorReport.Results(
                        anomalies.of().size(),
                        counts.filtered(),
                        counts.deadLetters(),
                        fleet.taken().size() - counts.all(),
                        anomalies.duplicates()),
                new SensorReport.Quantiles(anomalies.latencyMs(50), anomalies.latencyMs(99)),
                new SensorReport.Quantiles(scored.quantileMs(0.5), scored.quantileMs(0.99)),
                new SensorReport.Quantiles(pipeline.quantileMs(0.5), pipeline.quantileMs(0.99)),
                model.summary(),
                summaries,
                settings.startupSeconds(),
                failure);
    }

    private KafkaProducer<String, String> producer() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", target.bootstrapServers());
        properties.put("linger.ms", "0");
        properties.put("acks", "all");
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }
}
