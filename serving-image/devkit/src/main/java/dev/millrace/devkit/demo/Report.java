package dev.millrace.devkit.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.millrace.devkit.load.LoadStats.Quantiles;
import dev.millrace.devkit.load.LoadStats.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the demo measured, after its warm-up; the file of {@code --report}.
 *
 * @param requests predictions sent; {@code errors} of them were not answered
 * @param latencyMs from the intended send to the whole answer, as the caller sees it
 * @param stagesMs as the server measured them
 * @param freshnessMs from the event's append to the store's acknowledgement
 * @param features answers whose features were all fresh, had a default, had a stale one
 * @param startupSeconds from the first process to a stack that answers
 */
record Report(
        long requests,
        long errors,
        double rps,
        @JsonInclude(JsonInclude.Include.NON_NULL) Quantiles latencyMs,
        Stages stagesMs,
        Freshness freshnessMs,
        Answers answers,
        Features features,
        double startupSeconds,
        Endpoints endpoints) {

    record P50P99(double p50, double p99) {
        static P50P99 of(Quantiles q) {
            return new P50P99(q.p50(), q.p99());
        }
    }

    record Stages(P50P99 features, P50P99 queue, P50P99 inference, P50P99 postProcessing) {}

    /** Null where nothing was observed. */
    record Freshness(@Nullable Double p50, @Nullable Double p99) {}

    record Answers(long approve, long review, long fallback) {}

    record Features(long hit, @JsonProperty("default") long defaulted, long stale) {}

    record Endpoints(String rest, String grpc, String metrics) {}

    static Report of(Snapshot run, Histogram pipeline, double startupSeconds, Target target) {
        return new Report(
                run.requests(),
                run.errors(),
                run.rps(),
                run.latency(),
                new Stages(
                        P50P99.of(run.features()),
                        P50P99.of(run.queue()),
                        P50P99.of(run.inference()),
                        P50P99.of(run.postProcessing())),
                new Freshness(pipeline.quantileMs(0.5), pipeline.quantileMs(0.99)),
                new Answers(
                        run.labels().getOrDefault("approve", 0L),
                        run.labels().getOrDefault("review", 0L),
                        run.fallbacks()),
                new Features(run.hits(), run.defaults(), run.stale()),
                startupSeconds,
                new Endpoints(
                        target.rest().toString(),
                        target.grpc().getAuthority(),
                        target.metrics().toString()));
    }

    void write(Path file) throws IOException {
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }

    /** Figures that miss their mark on this machine: told, not failed, for they depend on what else it does. */
    List<String> warnings(double sloMs) {
        List<String> warnings = new ArrayList<>();
        Double p999 = latencyMs.p999();
        if (p999 != null && p999 > sloMs) {
            warnings.add("p99.9 " + p999 + " ms is over the SLO's " + sloMs + " ms");
        }
        double excused = features.defaulted() + answers.fallback();
        if (requests > 0 && excused / requests >= 0.01) {
            warnings.add(
                    String.format("%.2f %% of the answers had a default or were a fallback", 100 * excused / requests));
        }
        Double fresh = freshnessMs.p99();
        if (fresh != null && fresh > 100) {
            warnings.add("freshness p99 " + fresh + " ms is over 100 ms");
        }
        if (startupSeconds > 15) {
            warnings.add("the stack took " + startupSeconds + " s to start, more than 15 s");
        }
        return warnings;
    }

    /** What makes the run a failure: answers that did not come, and parts that did nothing. */
    List<String> failures() {
        List<String> failures = new ArrayList<>();
        if (requests == 0) {
            failures.add("no prediction was sent");
        }
        if (errors > 0) {
            failures.add(errors + " of " + requests + " predictions were not answered");
        }
        if (requests > 0 && answers.fallback() == requests) {
            failures.add("every answer was a fallback: the model answered nothing");
        }
        if (requests > errors && features.hit() == 0) {
            failures.add("no answer had all its features: nothing reached the store, or it is not read");
        }
        if (freshnessMs.p50() == null) {
            failures.add("the aggregator wrote no event to the store");
        }
        return failures;
    }
}
