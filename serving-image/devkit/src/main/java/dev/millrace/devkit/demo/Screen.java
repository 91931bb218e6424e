package dev.millrace.devkit.demo;

import dev.millrace.devkit.load.LoadStats.Quantiles;
import dev.millrace.devkit.load.LoadStats.Snapshot;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a person sees: a screen that redraws itself, or a line now and then where there is no terminal. */
final class Screen {
    private static final String HOME = "\u001b[H\u001b[J";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final PrintStream out;
    private final boolean live;
    private final Target target;
    private final List<String> curls;

    Screen(PrintStream out, boolean live, Target target) {
        this(out, live, target, purchases(target));
    }

    /** @param curls commands that work while the stack runs */
    Screen(PrintStream out, boolean live, Target target, List<String> curls) {
        this.curls = curls;
        this.out = out;
        this.live = live;
        this.target = target;
    }

    boolean isLive() {
        return live;
    }

    /**
     * @param phase {@code warming up} or {@code measuring}
     * @param note the last thing worth telling; may be null
     */
    void show(String phase, Snapshot run, Histogram pipeline, long events, @Nullable String note) {
        if (!live) {
            out.println(line(phase, run, pipeline));
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(BOLD + "Millrace demo: " + target.model() + PLAIN + "   " + phase
                + String.format(Locale.ROOT, " %.0f s", run.seconds()) + "   Ctrl-C stops everything");
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "requests/s          %.1f   sent %d   errors %d   events %d",
                run.rps(),
                run.requests(),
                run.errors(),
                events));
        lines.add(String.format(
                Locale.ROOT,
                "latency ms          p50 %7.2f   p99 %7.2f   p99.9 %7.2f",
                run.latency().p50(),
                run.latency().p99(),
                orZero(run.latency().p999())));
        lines.add("SLO                 " + slo(run));
        lines.add("");
        lines.add("where the time goes, ms");
        lines.add(stage("features", run.features()));
        lines.add(stage("queue", run.queue()));
        lines.add(stage("inference", run.inference()));
        lines.add(stage("post-processing", run.postProcessing()));
        lines.add("feature freshness   " + freshness(pipeline));
        lines.add("");
        lines.add("answers             " + answers(run));
        lines.add(String.format(
                "features            fresh %d   with a default %d   stale %d",
                run.hits(), run.defaults(), run.stale()));
        if (note != null) {
            lines.add("");
            lines.add(note);
        }
        lines.add("");
        lines.add("Try:");
        lines.addAll(curls());
        out.print(HOME + String.join("\n", lines) + "\n");
        out.flush();
    }

    List<String> curls() {
        return curls;
    }

    private static List<String> purchases(Target target) {
        String url = target.rest() + "/v2/models/" + target.model();
        return List.of(
                "  curl -s " + url
                        + "/predict -H 'content-type: application/json' -d"
                        + " '{\"entities\":[{\"customer_id\":\"c-17\"}],\"inputs\":{\"amount\":40}}'",
                "  curl -s " + url
                        + "/predict -H 'content-type: application/json' -d"
                        + " '{\"entities\":[{\"customer_id\":\"c-17\"}],\"inputs\":{\"amount\":900,\"card_present\":0,\"foreign\":1},\"explain\":true}'",
                "  curl -s " + target.metrics());
    }

    private static String line(String phase, Snapshot run, Histogram pipeline) {
        return String.format(
                Locale.ROOT,
                "%-10s %4.0f s  %7.1f/s  errors %d  p50 %.2f  p99 %.2f  p99.9 %.2f ms  freshness p99 %.1f ms  %s",
                phase,
                run.seconds(),
                run.rps(),
                run.errors(),
                run.latency().p50(),
                run.latency().p99(),
                orZero(run.latency().p999()),
                orZero(pipeline.quantileMs(0.99)),
                answers(run));
    }

    private static String freshness(Histogram pipeline) {
        Double p50 = pipeline.quantileMs(0.5);
        Double p99 = pipeline.quantileMs(0.99);
        return p50 == null || p99 == null
                ? "no event is in the store yet"
                : String.format(
                        Locale.ROOT, "p50 %7.2f   p99 %7.2f   ms from an event's append to the store", p50, p99);
    }

    /** Kept or missed, where the SLO's percentile is one of those that are shown. */
    private String slo(Snapshot run) {
        String promise = String.format(Locale.ROOT, "p%s within %.0f ms", target.sloPercentile(), target.sloMs());
        Double reached =
                switch (target.sloPercentile()) {
                    case "50" -> run.latency().p50();
                    case "99" -> run.latency().p99();
                    case "99.9" -> run.latency().p999();
                    default -> null;
                };
        if (reached == null || run.requests() == 0) {
            return promise;
        }
        return promise + (reached <= target.sloMs() ? ": kept" : ": MISSED");
    }

    private static String answers(Snapshot run) {
        StringBuilder text = new StringBuilder();
        run.labels().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e ->
                        text.append(e.getKey()).append(' ').append(e.getValue()).append("   "));
        return text.append("fallback ").append(run.fallbacks()).toString();
    }

    private static String stage(String name, Quantiles q) {
        return String.format(Locale.ROOT, "  %-17s p50 %7.2f   p99 %7.2f", name, q.p50(), q.p99());
    }

    private static double orZero(@Nullable Double value) {
        return value == null ? 0 : value;
    }
}
