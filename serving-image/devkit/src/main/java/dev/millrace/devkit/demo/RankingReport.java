package dev.millrace.devkit.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.millrace.devkit.load.LoadStats.Quantiles;
import dev.millrace.devkit.load.LoadStats.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a run of the recommendations demo measured, after its warm-up; the file of {@code --report}. What both demos measure has the
 * same names as in {@link Report}.
 *
 * @param answers lists that were made for the call, that a cache repeated, and that the fallback gave
 */
record RankingReport(
        long requests,
        long errors,
        double rps,
        @JsonInclude(JsonInclude.Include.NON_NULL) Quantiles latencyMs,
        Report.Stages stagesMs,
        Report.Freshness freshnessMs,
        Answers answers,
        Report.Features features,
        Items items,
        Lists.Summary lists,
        double startupSeconds,
        Report.Endpoints endpoints) {

    record Answers(long ranked, long cached, long fallback) {}

    /**
     * @param candidates of each request
     * @param scoredPerSecond by the model; what a cache repeats is not scored again
     */
    record Items(int candidates, double scoredPerSecond, double cacheHitShare) {
        static Items of(Snapshot run, int candidates) {
            long ranked = run.labels().getOrDefault("ranked", 0L);
            long cached = run.labels().getOrDefault("cached", 0L);
            return new Items(
                    candidates,
                    run.seconds() == 0 ? 0 : Math.round(10.0 * ranked * candidates / run.seconds()) / 10.0,
                    ranked + cached == 0 ? 0 : Math.round(1e4 * cached / (ranked + cached)) / 1e4);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "items               %d a call   scored %.0f/s   calls answered by the cache %.1f %%",
                    candidates,
                    scoredPerSecond,
                    100 * cacheHitShare);
        }
    }

    static RankingReport of(
            Snapshot run,
            Lists.Summary lists,
            int candidates,
            Histogram pipeline,
            double startupSeconds,
            Target target) {
        Report common = Report.of(run, pipeline, startupSeconds, target);
        return new RankingReport(
                common.requests(),
                common.errors(),
                common.rps(),
                common.latencyMs(),
                common.stagesMs(),
                common.freshnessMs(),
                new Answers(
                        run.labels().getOrDefault("ranked", 0L),
                        run.labels().getOrDefault("cached", 0L),
                        run.fallbacks()),
                common.features(),
                Items.of(run, candidates),
                lists,
                startupSeconds,
                common.endpoints());
    }

    void write(Path file) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }

    /** Figures that miss their mark on this machine: told, not failed, for they depend on what else it does. */
    List<String> warnings(double sloMs) {
        List<String> warnings = new ArrayList<>();
        if (latencyMs.p99() > sloMs) {
            warnings.add("p99 " + latencyMs.p99() + " ms is over the SLO's " + sloMs + " ms");
        }
        if (requests > 0 && 100 * answers.fallback() >= requests) {
            warnings.add(answers.fallback() + " of " + requests + " lists were the fallback's");
        }
        return warnings;
    }

    /** What makes the run a failure: answers that did not come, and parts that did nothing. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (requests == 0) {
            failures.add("no list was asked for");
        }
        if (errors > 0) {
            failures.add(errors + " of " + requests + " calls were not answered");
        }
        if (requests > errors && answers.ranked() == 0) {
            failures.add("the model ranked nothing");
        }
        if (answers.ranked() > 0 && features.hit() == 0) {
            failures.add("no list had all its features: nothing reached the store, or it is not read");
        }
        // a fallback's list stands in the caller's order, whatever is in stock
        if (answers.fallback() == 0 && lists.lists() > 0 && lists.inStockShare() < 1) {
            failures.add("items were shown that are not in stock");
        }
        if (freshnessMs.p50() == null) {
            failures.add("the aggregator wrote no event to the store");
        }
        return failures;
    }
}
