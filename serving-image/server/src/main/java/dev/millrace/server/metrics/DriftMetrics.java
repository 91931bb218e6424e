package dev.millrace.server.metrics;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.drift.StabilityIndex;
import dev.millrace.contract.metrics.Metrics;
import dev.millrace.contract.status.ServerStatus.FeatureDrift;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;

/**
 * Counts what goes into the model in the bins of the reference distribution. Prometheus computes the drift from the
 * counters; the status tells what they gained over the alert's window, as far as the process is that old.
 */
public final class DriftMetrics {
    /** The rules' window. */
    static final Duration WINDOW = Duration.ofHours(24);

    private static final Duration SLICE = Duration.ofMinutes(30);
    /** Ten quantiles or twenty categories are usual. More would make metrics and status grow without telling more. */
    private static final int MAX_EDGES = 48;

    private final List<Watched> watched = new ArrayList<>();

    private record Watched(
            String name,
            DriftReference reference,
            int place,
            double[] edges,
            CounterDataPoint[] bins,
            SlidingCounts counts) {}

    /**
     * @param vector names of the vector's places
     * @param references by name; those that the vector does not name are ignored
     * @param maxFeatures the first so many places that have a reference
     */
    public DriftMetrics(
            ServerMetrics metrics, List<String> vector, Map<String, DriftReference> references, int maxFeatures) {
        Instruments instruments = metrics.instruments();
        Counter observations = instruments.counter(Metrics.FEATURE_OBSERVATIONS);
        Gauge ratios = instruments.gauge(Metrics.FEATURE_REFERENCE_RATIO);
        Gauge samples = instruments.gauge(Metrics.FEATURE_REFERENCE_SAMPLES);
        for (int place = 0; place < vector.size() && watched.size() < maxFeatures; place++) {
            String name = vector.get(place);
            DriftReference reference = references.get(name);
            if (reference == null) {
                continue;
            }
            double[] edges = reference.edges().stream().mapToDouble(e -> e).toArray();
            if (reference.ratios().size() != edges.length + 2) {
                throw new IllegalArgumentException("drift baseline, " + name + ".ratios: " + edges.length
                        + " edges need " + (edges.length + 2) + " ratios (one for each bin, one for null), not "
                        + reference.ratios().size());
            }
            if (edges.length > MAX_EDGES) {
                throw new IllegalArgumentException(
                        "drift baseline, " + name + ".edges: at most " + MAX_EDGES + " of them, not " + edges.length);
            }
            CounterDataPoint[] bins = new CounterDataPoint[edges.length + 2];
            for (int b = 0; b < bins.length; b++) {
                String bin = Integer.toString(b);
                bins[b] = observations.labelValues(instruments.values(name, bin));
                ratios.labelValues(instruments.values(name, bin))
                        .set(reference.ratios().get(b));
            }
            samples.labelValues(instruments.values(name)).set(reference.samples());
            LongSupplier[] counters =
                    Arrays.stream(bins).map(c -> (LongSupplier) c::getLongValue).toArray(LongSupplier[]::new);
            SlidingCounts counts = new SlidingCounts(counters, WINDOW, SLICE, metrics.nanos());
            watched.add(new Watched(name, reference, place, edges, bins, counts));
        }
    }

    /** To be called every few seconds. */
    public void mark() {
        watched.forEach(w -> w.counts().mark());
    }

    /** For the status. */
    public List<FeatureDrift> now() {
        return watched.stream().map(DriftMetrics::drift).toList();
    }

    private static FeatureDrift drift(Watched w) {
        long[] counts = w.counts().gained(WINDOW);
        StabilityIndex index = StabilityIndex.of(w.reference(), counts);
        return new FeatureDrift(
                w.name(),
                w.reference(),
                LongStream.of(counts).boxed().toList(),
                index.values(),
                index.psi(),
                index.noise());
    }

    /** One vector that the model scores. */
    public void observe(double[] vector) {
        for (Watched w : watched) {
            w.bins()[bin(w.edges(), vector[w.place()])].inc();
        }
    }

    /** Index of the bin {@code (e(i-1), e(i)]}; the last one is for NaN. */
    static int bin(double[] edges, double value) {
        if (Double.isNaN(value)) {
            return edges.length + 1;
        }
        int found = Arrays.binarySearch(edges, value);
        return found >= 0 ? found : -found - 1;
    }
}
