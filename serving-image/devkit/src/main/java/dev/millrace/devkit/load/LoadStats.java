package dev.millrace.devkit.load;

import dev.millrace.devkit.load.PredictAnswer.Timings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts and times of one phase of a run; recorded on one thread, read from any. */
public final class LoadStats {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(2);
    private static final int KEPT_ERRORS = 5;

    private final Histogram latency = histogram();
    private final Histogram features = histogram();
    private final Histogram queue = histogram();
    private final Histogram inference = histogram();
    private final Histogram postProcessing = histogram();
    private final Map<String, Long> labels = new TreeMap<>();
    private final List<String> errorSamples = new ArrayList<>();
    private final long startNs = System.nanoTime();
    private long endNs;
    private long requests;
    private long errors;
    private long fallbacks;
    private long hits;
    private long defaults;
    private long stale;

    private static Histogram histogram() {
        return new Histogram(HIGHEST_NS, 3);
    }

    /** Records one answer; {@code latencyNs} from the intended send. */
    public synchronized void record(PredictAnswer answer, long latencyNs) {
        requests++;
        latency.recordValue(Math.min(latencyNs, HIGHEST_NS));
        if (answer.error() != null) {
            errors++;
            if (errorSamples.size() < KEPT_ERRORS) {
                errorSamples.add(answer.error());
            }
            return;
        }
        if (answer.fallback() != null) {
            fallbacks++;
        } else {
            labels.merge(kind(answer), 1L, Long::sum);
            hits += answer.defaulted().isEmpty() && answer.stale().isEmpty() ? 1 : 0;
            defaults += answer.defaulted().isEmpty() ? 0 : 1;
            stale += answer.stale().isEmpty() ? 0 : 1;
        }
        Timings timings = answer.timings();
        record(features, timings.features());
        record(queue, timings.queue());
        record(inference, timings.inference());
        record(postProcessing, timings.postProcessing());
    }

    /** The label, or of a ranked list whether it was made for this call. */
    private static String kind(PredictAnswer answer) {
        if (answer.label() != null) {
            return answer.label();
        }
        return answer.items().isEmpty() ? "" : "Hit".equals(answer.cache()) ? "cached" : "ranked";
    }

    private static void record(Histogram histogram, double ms) {
        histogram.recordValue(Math.max(0, Math.min(HIGHEST_NS, (long) (ms * 1e6))));
    }

    /** Ends the phase: rates are taken until here. */
    public synchronized void end() {
        endNs = System.nanoTime();
    }

    /** Quantiles in ms; {@code p999} is null where it is not asked for. */
    public record Quantiles(double p50, double p99, @Nullable Double p999) {
        static Quantiles of(Histogram h, boolean tail) {
            return new Quantiles(at(h, 50), at(h, 99), tail ? at(h, 99.9) : null);
        }

        private static double at(Histogram h, double percentile) {
            return Math.round(h.getValueAtPercentile(percentile) / 1e3) / 1e3;
        }
    }

    /**
     * What was counted until now.
     *
     * @param hits answers of the model whose features were all read and fresh
     * @param defaults answers of the model with at least one default
     * @param stale answers of the model with at least one stale feature
     */
    public record Snapshot(
            double seconds,
            long requests,
            long errors,
            Quantiles latency,
            double maxMs,
            Quantiles features,
            Quantiles queue,
            Quantiles inference,
            Quantiles postProcessing,
            Map<String, Long> labels,
            long fallbacks,
            long hits,
            long defaults,
            long stale,
            List<String> errorSamples) {
        public double rps() {
            return seconds == 0 ? 0 : Math.round(requests / seconds * 10) / 10.0;
        }
    }

    public synchronized Snapshot snapshot() {
        long end = endNs == 0 ? System.nanoTime() : endNs;
        return new Snapshot(
                (end - startNs) / 1e9,
                requests,
                errors,
                Quantiles.of(latency, true),
                latency.getMaxValue() / 1e6,
                Quantiles.of(features, false),
                Quantiles.of(queue, false),
                Quantiles.of(inference, false),
                Quantiles.of(postProcessing, false),
                Map.copyOf(labels),
                fallbacks,
                hits,
                defaults,
                stale,
                List.copyOf(errorSamples));
    }
}
