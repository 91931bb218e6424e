package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Counts the queries of sql groups. They are the same for every version; the labels are the served one's. */
public final class SqlMetrics {
    /** Label {@code outcome}. */
    public enum QueryOutcome {
        row,
        none,
        timeout,
        unavailable,
        error,
        skipped
    }

    private static final double[] SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};

    private final List<String> groups;
    private volatile Points points;

    private record Points(CounterDataPoint[][] queries, DistributionDataPoint[] seconds) {
        static Points of(ServerMetrics metrics, List<String> groups) {
            Instruments instruments = metrics.instruments();
            Counter counter = instruments.counter(Metrics.SQL_QUERIES);
            Histogram histogram = instruments.histogram(Metrics.SQL_QUERY_SECONDS, SECONDS);
            CounterDataPoint[][] queries = new CounterDataPoint[groups.size()][QueryOutcome.values().length];
            DistributionDataPoint[] seconds = new DistributionDataPoint[groups.size()];
            for (int g = 0; g < seconds.length; g++) {
                for (QueryOutcome outcome : QueryOutcome.values()) {
                    queries[g][outcome.ordinal()] =
                            counter.labelValues(instruments.values(groups.get(g), outcome.name()));
                }
                seconds[g] = histogram.labelValues(instruments.values(groups.get(g)));
            }
            return new Points(queries, seconds);
        }
    }

    /** {@code groups}: their names. */
    public SqlMetrics(ServerMetrics metrics, List<String> groups) {
        this.groups = List.copyOf(groups);
        this.points = Points.of(metrics, groups);
    }

    /** Another version is served. */
    public void follow(ServerMetrics metrics) {
        points = Points.of(metrics, groups);
    }

    /** Shows what is asked for at each scrape: (number, group). */
    public static void show(
            ServerMetrics metrics,
            Consumer<BiConsumer<Double, String[]>> connectionsInUse,
            Consumer<BiConsumer<Double, String[]>> entries) {
        metrics.instruments().gauge(Metrics.SQL_CONNECTIONS_IN_USE, connectionsInUse);
        metrics.instruments().gauge(Metrics.SQL_CACHE_ENTRIES, entries);
    }

    /** {@code group}: its place among the groups. */
    public void queried(int group, QueryOutcome outcome) {
        points.queries()[group][outcome.ordinal()].inc();
    }

    /** From the connection to the answer, or until it was given up. */
    public void took(int group, double seconds) {
        points.seconds()[group].observe(seconds);
    }
}
