package dev.millrace.devkit.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.millrace.devkit.sensors.Verdicts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the anomaly demo measured; the file of {@code --report}. {@code readings} and {@code results} count from the start,
 * the others from the end of the warm-up.
 *
 * @param eventToAnomalyMs from a reading's append to a consumer that has its result
 * @param eventToResultMs from a reading's append to the commit of what became of it, of all readings, as the server counts it
 * @param freshnessMs from a reading's append to the store's acknowledgement of its windows
 * @param fixedThresholds on the same readings, by how they were fitted
 */
record SensorReport(
        long readings,
        Results results,
        Quantiles eventToAnomalyMs,
        Quantiles eventToResultMs,
        Quantiles freshnessMs,
        Verdicts.Summary model,
        Map<String, Verdicts.Summary> fixedThresholds,
        double startupSeconds,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String failure) {

    /** Null where nothing was observed. */
    record Quantiles(@Nullable Double p50, @Nullable Double p99) {}

    /**
     * Every reading has one.
     *
     * @param anomalies written to the topic, and read from it
     * @param normal readings whose result was not wanted
     * @param missing readings that nothing became of
     * @param duplicates results of a reading that had one
     */
    record Results(long anomalies, long normal, long deadLetters, long missing, long duplicates) {}

    void write(Path file) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }

    /** For a person. */
    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%d readings, history included: %d written as anomalies, %d normal, %d without a result, %d with two",
                readings,
                results.anomalies(),
                results.normal(),
                results.missing(),
                results.duplicates()));
        lines.add(String.format(
                Locale.ROOT,
                "event -> anomaly    p50 %s ms   p99 %s ms   (to a consumer that has it)",
                eventToAnomalyMs.p50(),
                eventToAnomalyMs.p99()));
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%-36s %6s %6s %6s %8s %13s %9s",
                "on " + model.readings() + " readings",
                "faults",
                "found",
                "missed",
                "not yet",
                "false alarms",
                "an hour*"));
        lines.add(row("model", model));
        fixedThresholds.forEach((name, summary) -> lines.add(row("fixed thresholds, " + name, summary)));
        lines.add("* of one machine in which nothing is wrong; not yet: the fault goes on");
        return lines;
    }

    private static String row(String name, Verdicts.Summary s) {
        return String.format(
                Locale.ROOT,
                "%-36s %6d %6d %6d %8d %13d %9.1f",
                name,
                s.found() + s.missed() + s.open(),
                s.found(),
                s.missed(),
                s.open(),
                s.falseAlarms(),
                s.falseAlarmsPerHour());
    }

    /** What makes the run a failure: readings without one result, and parts that did nothing. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (failure != null) {
            failures.add(failure);
        }
        if (model.readings() == 0) {
            failures.add("no reading was judged");
        }
        if (results.missing() != 0) {
            failures.add(results.missing() + " of " + readings + " readings have no result");
        }
        if (results.duplicates() > 0) {
            failures.add(results.duplicates() + " results came twice");
        }
        if (results.deadLetters() > 0) {
            failures.add(results.deadLetters() + " readings went to the dead letter topic");
        }
        if (results.anomalies() == 0 || model.found() == 0) {
            failures.add("no fault was found");
        }
        for (Verdicts.Summary fixed : fixedThresholds.values()) {
            if (fixed.found() >= model.found() && fixed.falseAlarms() <= model.falseAlarms()) {
                failures.add("fixed thresholds are as good as the model");
            }
        }
        if (freshnessMs.p50() == null) {
            failures.add("the aggregator wrote no event to the store");
        }
        return failures;
    }
}
