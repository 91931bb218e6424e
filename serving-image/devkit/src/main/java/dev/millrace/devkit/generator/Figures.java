package dev.millrace.devkit.generator;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one run measured.
 *
 * @param load what was asked for, in words
 * @param seconds from the first call to the last one's time
 * @param calls that fell due
 * @param answered with success, fallbacks included
 * @param latencyMs of those, from the intended send
 * @param within of those, within {@code sloMs}
 * @param shed refused for load: HTTP 429, gRPC RESOURCE_EXHAUSTED
 * @param statuses every call by how it ended
 * @param fallbacks answers that say that the model did not give them; read in predict's answers only
 * @param waited calls that found all connections taken: such a run is partly a closed loop
 * @param lagMs from when a call should have gone out to when it did: the generator's own lateness
 * @param server null when no process id was given
 */
record Figures(
        String load,
        double seconds,
        long calls,
        long answered,
        Times latencyMs,
        double sloMs,
        long within,
        long shed,
        Times shedMs,
        Map<String, Long> statuses,
        long fallbacks,
        long waited,
        Times lagMs,
        ServerUsage.@Nullable Used server) {

    /** Quantiles in ms; all 0 when there is nothing. */
    record Times(double mean, double p50, double p90, double p99, double p999, double max) {
        static Times of(Histogram h) {
            return new Times(
                    h.getTotalCount() == 0 ? 0 : round(h.getMean()),
                    at(h, 50),
                    at(h, 90),
                    at(h, 99),
                    at(h, 99.9),
                    round(h.getMaxValue()));
        }

        private static double at(Histogram h, double percentile) {
            return round(h.getTotalCount() == 0 ? 0 : h.getValueAtPercentile(percentile));
        }

        private static double round(double ns) {
            return Math.round(ns / 1e3) / 1e3;
        }
    }

    Figures with(ServerUsage.@Nullable Used used) {
        return new Figures(
                load, seconds, calls, answered, latencyMs, sloMs, within, shed, shedMs, statuses, fallbacks, waited,
                lagMs, used);
    }

    /** Answers a second. */
    @JsonProperty
    double rate() {
        return seconds == 0 ? 0 : Math.round(answered / seconds * 10) / 10.0;
    }

    /** Answers within the objective, as a share of all calls: what is late, shed or broken lowers it. */
    @JsonProperty
    double goodput() {
        return calls == 0 ? 0 : (double) within / calls;
    }

    /** The 99th percentile of all calls is within the objective, with calls that got no answer taken as endless. */
    boolean meetsSlo() {
        return calls > 0 && within >= 0.99 * calls && waited == 0;
    }

    /** CPU of the server for each call that it answered in any way, in µs. */
    @JsonProperty
    @Nullable
    Double cpuMicrosPerCall() {
        long done = answered + shed;
        return server == null || done == 0 ? null : Math.round(server.cpuSeconds() * 1e7 / done) / 10.0;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(load + ": " + calls + " calls in " + text("%.1f", seconds) + " s, " + text("%.1f", rate())
                + " answers/s");
        lines.add("  latency ms   p50 " + latencyMs.p50() + "  p99 " + latencyMs.p99() + "  p99.9 " + latencyMs.p999()
                + "  max " + latencyMs.max());
        lines.add("  within " + text("%.0f", sloMs) + " ms  " + text("%.2f", 100 * goodput()) + " % of calls, "
                + text("%.1f", seconds == 0 ? 0 : within / seconds) + "/s");
        lines.add("  ended        "
                + statuses.entrySet().stream()
                        .map(e -> e.getKey() + ": " + e.getValue())
                        .collect(Collectors.joining(", "))
                + (fallbacks == 0 ? "" : "; fallbacks: " + fallbacks));
        if (shed > 0) {
            lines.add("  shed ms      p50 " + shedMs.p50() + "  p99 " + shedMs.p99() + "  max " + shedMs.max());
        }
        if (server != null) {
            lines.add("  server       " + cpuMicrosPerCall() + " µs CPU per call, "
                    + text("%.2f", server.cpuSeconds() / seconds) + " cores, RSS " + server.rssMb() + " MB");
        }
        lines.add("  generator    calls went out late by p50 " + lagMs.p50() + "  p99 " + lagMs.p99() + " ms");
        if (waited > 0) {
            lines.add("  WARNING: " + waited + " calls found every connection taken and waited for another's answer;"
                    + " raise --max-connections");
        }
        return lines;
    }

    private static String text(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
