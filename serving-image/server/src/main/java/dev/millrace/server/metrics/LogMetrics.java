package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;

/** Counts records of the prediction log, for the version that is served. */
public final class LogMetrics {
    private volatile Points points;

    private record Points(CounterDataPoint sent, CounterDataPoint dropped, CounterDataPoint failed) {
        static Points of(ServerMetrics metrics) {
            Instruments instruments = metrics.instruments();
            Counter counter = instruments.counter(Metrics.LOG_RECORDS);
            return new Points(
                    counter.labelValues(instruments.values("sent")),
                    counter.labelValues(instruments.values("dropped")),
                    counter.labelValues(instruments.values("failed")));
        }
    }

    public LogMetrics(ServerMetrics metrics) {
        points = Points.of(metrics);
    }

    /** Another version is served: records that are under way count for it too. */
    public void follow(ServerMetrics metrics) {
        points = Points.of(metrics);
    }

    public void sent() {
        points.sent().inc();
    }

    /** The queue was full, or Kafka was away. */
    public void dropped(long records) {
        points.dropped().inc(records);
    }

    /** Kafka refused it. */
    public void failed() {
        points.failed().inc();
    }
}
