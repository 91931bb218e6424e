package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;

/** Counts records of the prediction log. */
public final class LogMetrics {
    private final CounterDataPoint sent;
    private final CounterDataPoint dropped;
    private final CounterDataPoint failed;

    public LogMetrics(ServerMetrics metrics) {
        Instruments instruments = metrics.instruments();
        Counter counter = instruments.counter(Metrics.LOG_RECORDS);
        sent = counter.labelValues(instruments.values("sent"));
        dropped = counter.labelValues(instruments.values("dropped"));
        failed = counter.labelValues(instruments.values("failed"));
    }

    public void sent() {
        sent.inc();
    }

    /** The queue was full, or Kafka was away. */
    public void dropped(long records) {
        dropped.inc(records);
    }

    /** Kafka refused it. */
    public void failed() {
        failed.inc();
    }
}
