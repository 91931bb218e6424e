package dev.millrace.devkit.demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Drives a sample's demo against a running stack. {@code millrace demo} starts one and then calls this. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Stream a sample's events to its running stack and ask it for predictions.")
public final class DemoCommand implements Callable<Integer> {
    @Option(names = "--model", defaultValue = "fraud")
    String model = "fraud";

    @Option(names = "--sample", defaultValue = "fraud", description = "fraud, recommendations or anomaly-detection")
    String sample = "fraud";

    @Option(names = "--candidates", defaultValue = "200", description = "recommendations: items of each call")
    int candidates;

    @Option(names = "--popular-topic", description = "recommendations: where the most active users' calls go")
    @Nullable
    String popularTopic;

    @Option(names = "--results-topic", defaultValue = "anomalies", description = "anomaly-detection: what is followed")
    String resultsTopic = "anomalies";

    @Option(names = "--thresholds", description = "anomaly-detection: file of fixed thresholds to compare with")
    @Nullable
    Path thresholds;

    @Option(names = "--rest", required = true, description = "http://host:port")
    URI rest = URI.create("");

    @Option(names = "--grpc", required = true, description = "http://host:port")
    URI grpc = URI.create("");

    @Option(names = "--metrics", required = true, description = "URL of the server's metrics")
    URI metrics = URI.create("");

    @Option(names = "--aggregator-metrics", description = "URL of the aggregator's metrics")
    @Nullable
    URI aggregatorMetrics;

    @Option(names = "--bootstrap-servers", required = true)
    String bootstrapServers = "";

    @Option(names = "--topic", defaultValue = "purchases")
    String topic = "purchases";

    @Option(names = "--slo-ms", defaultValue = "50")
    double sloMs;

    @Option(names = "--slo-percentile", defaultValue = "99.9")
    String sloPercentile = "99.9";

    @Option(names = "--rate", defaultValue = "200", description = "predictions a second")
    double rate;

    @Option(names = "--events", defaultValue = "10", description = "purchases a second")
    double events;

    @Option(names = "--for-ms", description = "how long to measure; default: until stopped")
    @Nullable
    Long forMs;

    @Option(names = "--report", description = "JSON file to write")
    @Nullable
    Path report;

    @Option(names = "--startup-seconds", defaultValue = "0", description = "what the stack's start took")
    double startupSeconds;

    @Option(names = "--live-screen", description = "redraw a terminal instead of printing lines")
    boolean liveScreen;

    @Option(names = "--seed", defaultValue = "5")
    long seed;

    @Override
    public Integer call() throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Target target = new Target(
                model, rest, grpc, metrics, aggregatorMetrics, bootstrapServers, topic, sloMs, sloPercentile);
        Demo.Settings settings = new Demo.Settings(
                rate, events, forMs == null ? null : Duration.ofMillis(forMs), startupSeconds, liveScreen, seed);
        List<String> failures =
                switch (sample) {
                    case "anomaly-detection" -> anomalies(target, settings, out);
                    case "recommendations" ->
                        recommendations(new RankingDemo(target, settings, candidates, popularTopic, out).run(), out);
                    default -> fraud(new Demo(target, settings, out).run(), out);
                };
        failures.forEach(f -> out.println("FAILED: " + f));
        return failures.isEmpty() ? 0 : 1;
    }

    private List<String> anomalies(Target target, Demo.Settings settings, PrintStream out) throws IOException {
        Path bounds = Objects.requireNonNull(thresholds, "--thresholds is needed");
        SensorReport outcome = new SensorDemo(target, settings, resultsTopic, bounds, out).run();
        if (report != null) {
            outcome.write(report);
            out.println("report: " + report);
        }
        return outcome.failures();
    }

    private List<String> recommendations(RankingDemo.Outcome outcome, PrintStream out) throws IOException {
        if (report != null) {
            outcome.report().write(report);
            out.println("report: " + report);
        }
        outcome.report().warnings(sloMs).forEach(w -> out.println("warning: " + w));
        List<String> failures = new ArrayList<>(outcome.report().failures());
        if (!outcome.interest().passed()) {
            failures.add("a list did not follow its user's interest: " + outcome.interest());
        }
        return failures;
    }

    private List<String> fraud(Demo.Outcome outcome, PrintStream out) throws IOException {
        if (report != null) {
            outcome.report().write(report);
            out.println("report: " + report);
        }
        outcome.report().warnings(sloMs).forEach(w -> out.println("warning: " + w));
        List<String> failures = new ArrayList<>(outcome.report().failures());
        if (outcome.burst() == null || !outcome.burst().passed()) {
            failures.add("a burst did not flip approve to review: " + outcome.burst());
        }
        return failures;
    }
}
