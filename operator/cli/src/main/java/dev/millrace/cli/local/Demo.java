package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A sample's own RealtimeModel as a local stack, with its generator and load in front. */
@Command(
        name = "demo",
        description = "Run a sample with live events and predictions.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it worked", "1:a prediction was not answered, or a part did nothing"})
public final class Demo implements Callable<Integer> {
    private static final String ANOMALIES = "anomaly-detection";

    /** What is shown, and how many predictions a second a laptop answers beside everything else. */
    private static final Map<String, Double> SAMPLES = Map.of("fraud", 200.0, "recommendations", 40.0, ANOMALIES, 0.0);

    private static final Pattern DURATION = Pattern.compile("([0-9]+)(ms|s|m|h)");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Parameters(
            index = "0",
            defaultValue = "fraud",
            paramLabel = "SAMPLE",
            description = "fraud (default), recommendations or anomaly-detection")
    private String sample = "fraud";

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "measure so long after 10 s of warm-up, for example 30s; default: until Ctrl-C")
    private @Nullable String duration;

    @Option(names = "--report", paramLabel = "FILE", description = "write the figures as JSON")
    private @Nullable Path report;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "predictions a second, half REST and half gRPC (default 200; recommendations 40)")
    private @Nullable Double rate;

    @Option(
            names = "--events",
            paramLabel = "N",
            description = "events a second (default 10; anomaly-detection: one of each of 60 machines)")
    private @Nullable Double events;

    @Option(
            names = "--candidates",
            defaultValue = "200",
            paramLabel = "N",
            description = "recommendations: items to rank in each call, at most 500 (default ${DEFAULT-VALUE})")
    private int candidates;

    @Mixin
    private LocalOptions options = new LocalOptions();

    @Override
    public Integer call() {
        if (!SAMPLES.containsKey(sample)) {
            throw new InputException(
                    "there is no sample " + sample + " to show; use fraud, recommendations or anomaly-detection");
        }
        Long forMs = duration == null ? null : millis(duration);
        PrintWriter out = spec.commandLine().getOut();
        try (Session session = Session.open(Home.find().sample(sample), options, out)) {
            Runtime.getRuntime().addShutdownHook(new Thread(session::stop, "stop-stack"));
            try {
                session.stack().awaitReady();
                Welcome.lines(session.stack()).forEach(out::println);
                out.flush();
                int code = drive(session.stack(), forMs);
                if (code != 0) {
                    session.keepLogsUnlessClosing();
                }
                return code;
            } catch (RuntimeException e) {
                session.keepLogsUnlessClosing();
                throw e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 1;
            }
        }
    }

    private int drive(LocalStack stack, @Nullable Long forMs) throws InterruptedException {
        LocalLayout layout = stack.layout();
        String base = "http://" + LocalOptions.HOST + ":";
        List<String> args = new ArrayList<>(List.of(
                "demo",
                "--sample",
                sample,
                "--candidates",
                String.valueOf(candidates),
                "--model",
                layout.plan().name(),
                "--rest",
                base + layout.ports().rest(),
                "--grpc",
                base + layout.ports().grpc(),
                "--metrics",
                base + layout.ports().metrics() + "/metrics",
                "--aggregator-metrics",
                base + layout.aggregatorMetricsPort() + "/metrics",
                "--bootstrap-servers",
                layout.bootstrapServers(),
                "--slo-ms",
                String.valueOf(layout.plan().slo().thresholdMs()),
                "--slo-percentile",
                layout.plan().slo().percentile(),
                "--rate",
                String.valueOf(rate == null ? SAMPLES.get(sample) : rate),
                "--events",
                String.valueOf(events != null ? events : sample.equals(ANOMALIES) ? 60.0 : 10.0),
                "--startup-seconds",
                String.valueOf(stack.startupSeconds())));
        EntityCache cache = layout.plan().answers().entityCache();
        if (cache != null && cache.prewarm() != null) {
            args.addAll(List.of("--popular-topic", cache.prewarm().topic()));
        }
        StreamInference scored = layout.plan().streamInference();
        if (sample.equals(ANOMALIES) && scored != null) {
            Path thresholds = layout.baseDir().resolve("thresholds.json");
            args.addAll(List.of("--topic", scored.input(), "--results-topic", scored.output()));
            args.addAll(List.of("--thresholds", thresholds.toString()));
        }
        if (forMs != null) {
            args.addAll(List.of("--for-ms", String.valueOf(forMs)));
        }
        if (report != null) {
            args.addAll(List.of("--report", report.toAbsolutePath().toString()));
        }
        if (System.getenv("MILLRACE_TERMINAL") != null) {
            args.add("--live-screen");
        }
        LocalProcess demo = stack.child(new LocalProcess.Spec(
                "demo", Home.find().lib("devkit"), "dev.millrace.devkit.Main", LocalStack.JVM, args, true));
        return demo.await();
    }

    private static long millis(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new InputException("--for " + text + ": use a number with ms, s, m or h, for example 30s");
        }
        long n = Long.parseLong(matcher.group(1));
        Duration duration =
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "s" -> Duration.ofSeconds(n);
                    case "m" -> Duration.ofMinutes(n);
                    default -> Duration.ofHours(n);
                };
        return duration.toMillis();
    }
}
