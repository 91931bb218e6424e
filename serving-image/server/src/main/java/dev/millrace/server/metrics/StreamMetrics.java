package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.function.DoubleSupplier;

/** Counts readings of a topic and their results, for the version that is served. */
public final class StreamMetrics {
    /** Seconds, event to result: polling takes milliseconds, a backlog hours. */
    private static final double[] RESULT_SECONDS = {
        0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400
    };

    private volatile Points points;
    private volatile DoubleSupplier lagSeconds = () -> 0;
    private volatile long lagRecords;
    private volatile int partitions;

    private record Points(
            CounterDataPoint scored,
            CounterDataPoint filtered,
            CounterDataPoint dead,
            CounterDataPoint committed,
            CounterDataPoint aborted,
            DistributionDataPoint result) {}

    public StreamMetrics(ServerMetrics metrics) {
        points = of(metrics);
    }

    private Points of(ServerMetrics metrics) {
        Instruments instruments = metrics.instruments();
        Counter readings = instruments.counter(Metrics.STREAM_READINGS);
        Counter transactions = instruments.counter(Metrics.STREAM_TRANSACTIONS);
        String[] own = {};
        instruments.gauge(Metrics.STREAM_LAG, out -> out.accept((double) lagRecords, own));
        instruments.gauge(Metrics.STREAM_LAG_SECONDS, out -> out.accept(lagSeconds.getAsDouble(), own));
        instruments.gauge(Metrics.STREAM_PARTITIONS, out -> out.accept((double) partitions, own));
        return new Points(
                readings.labelValues(instruments.values("scored")),
                readings.labelValues(instruments.values("filtered")),
                readings.labelValues(instruments.values("dead_letter")),
                transactions.labelValues(instruments.values("committed")),
                transactions.labelValues(instruments.values("aborted")),
                instruments.histogram(Metrics.STREAM_RESULT, RESULT_SECONDS).labelValues(instruments.values()));
    }

    /** Another version is served. */
    public void follow(ServerMetrics metrics) {
        points = of(metrics);
    }

    /** A transaction is committed. */
    public void committed(int scored, int filtered, int dead) {
        Points p = points;
        p.scored().inc(scored);
        p.filtered().inc(filtered);
        p.dead().inc(dead);
        p.committed().inc();
    }

    /** Its result can be read. */
    public void result(double seconds) {
        points.result().observe(seconds);
    }

    public void aborted() {
        points.aborted().inc();
    }

    /** {@code seconds} is asked at each scrape. */
    public void lagSeconds(DoubleSupplier seconds) {
        lagSeconds = seconds;
    }

    public void assigned(int count, long behind) {
        partitions = count;
        lagRecords = behind;
    }
}
