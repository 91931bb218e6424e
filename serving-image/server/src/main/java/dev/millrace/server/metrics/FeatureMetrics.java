package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Counts reads of feature groups, by the group's place in the plan. */
public final class FeatureMetrics {
    /** Label {@code result}. */
    public enum ReadResult {
        fresh,
        stale,
        missing,
        /** {@code default} is a keyword. */
        defaulted,
        error
    }

    private final CounterDataPoint[][] reads;
    private final DistributionDataPoint[] ages;

    /**
     * @param groups names, in the plan's order
     * @param batchAges asked at each scrape: (seconds, group)
     */
    public FeatureMetrics(
            ServerMetrics metrics, List<String> groups, Consumer<BiConsumer<Double, String[]>> batchAges) {
        Instruments instruments = metrics.instruments();
        Counter counter = instruments.counter(Metrics.FEATURE_READS);
        Histogram age = instruments.histogram(Metrics.FEATURE_READ_AGE, ServerMetrics.ages());
        instruments.gauge(Metrics.BATCH_AGE, batchAges);
        reads = new CounterDataPoint[groups.size()][ReadResult.values().length];
        ages = new DistributionDataPoint[groups.size()];
        for (int g = 0; g < reads.length; g++) {
            for (ReadResult r : ReadResult.values()) {
                String label = r == ReadResult.defaulted ? "default" : r.name();
                reads[g][r.ordinal()] = counter.labelValues(instruments.values(groups.get(g), label));
            }
            ages[g] = age.labelValues(instruments.values(groups.get(g)));
        }
    }

    /** {@code ageMs}: -1 = unknown. */
    public void read(int group, ReadResult result, long ageMs) {
        reads[group][result.ordinal()].inc();
        if (ageMs >= 0) {
            ages[group].observe(ageMs / 1000.0);
        }
    }
}
