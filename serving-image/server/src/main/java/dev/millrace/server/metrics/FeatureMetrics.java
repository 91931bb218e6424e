package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import dev.millrace.contract.store.BatchRun;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Counts reads of feature groups, by the group's place in the plan. */
public final class FeatureMetrics {
    /** Label {@code result}. */
    public enum ReadResult {
        fresh,
        stale,
        gap,
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
     * @param batchRuns asked at each scrape: the last run of each batch group that has one
     * @param breakers asked at each scrape: (event loops, state)
     */
    public FeatureMetrics(
            ServerMetrics metrics,
            List<String> groups,
            Consumer<BiConsumer<Double, String[]>> batchAges,
            Supplier<Map<String, BatchRun>> batchRuns,
            Consumer<BiConsumer<Double, String[]>> breakers) {
        Instruments instruments = metrics.instruments();
        Counter counter = instruments.counter(Metrics.FEATURE_READS);
        Histogram age = instruments.histogram(Metrics.FEATURE_READ_AGE, ServerMetrics.ages());
        instruments.gauge(Metrics.BATCH_AGE, batchAges);
        instruments.gauge(Metrics.STORE_BREAKER, breakers);
        instruments.gauge(Metrics.BATCH_ROWS, out -> batchRuns.get().forEach((group, run) -> {
            out.accept((double) run.rows(), new String[] {group, "written"});
            out.accept((double) run.superseded(), new String[] {group, "superseded"});
            out.accept((double) run.errors(), new String[] {group, "rejected"});
        }));
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
