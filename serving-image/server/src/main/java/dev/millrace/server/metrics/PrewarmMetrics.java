package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Counter;

/** Counts calls that are answered before anybody asks, for the version that is served. */
public final class PrewarmMetrics {
    private volatile Points points;
    private volatile boolean following;

    private record Points(
            CounterDataPoint answered, CounterDataPoint failed, CounterDataPoint invalid, GaugeDataPoint following) {
        static Points of(ServerMetrics metrics) {
            Instruments instruments = metrics.instruments();
            Counter counter = instruments.counter(Metrics.PREWARM_RECORDS);
            return new Points(
                    counter.labelValues(instruments.values("answered")),
                    counter.labelValues(instruments.values("failed")),
                    counter.labelValues(instruments.values("invalid")),
                    instruments.gauge(Metrics.PREWARM_FOLLOWING).labelValues(instruments.values()));
        }
    }

    public PrewarmMetrics(ServerMetrics metrics) {
        points = Points.of(metrics);
    }

    /** Another version is served. */
    public void follow(ServerMetrics metrics) {
        Points next = Points.of(metrics);
        points = next;
        next.following().set(following ? 1 : 0);
    }

    /** Its answer is in the entity cache. */
    public void answered() {
        points.answered().inc();
    }

    /** The model did not answer it, tried some times. */
    public void failed() {
        points.failed().inc();
    }

    /** It is no call that could be answered. */
    public void invalid() {
        points.invalid().inc();
    }

    /** Whether the topic is read. */
    public void following(boolean now) {
        following = now;
        points.following().set(now ? 1 : 0);
    }
}
