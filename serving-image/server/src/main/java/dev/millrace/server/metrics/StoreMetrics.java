package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what event loops make of the store. The store is the same for every version; the labels are the served one's. */
public final class StoreMetrics {
    private volatile Points points;

    private record Points(Map<String, CounterDataPoint> moved, CounterDataPoint won, CounterDataPoint lost) {
        static Points of(ServerMetrics metrics, List<String> states) {
            Instruments instruments = metrics.instruments();
            Counter transitions = instruments.counter(Metrics.STORE_BREAKER_TRANSITIONS);
            Map<String, CounterDataPoint> moved = new HashMap<>();
            states.forEach(s -> moved.put(s, transitions.labelValues(instruments.values(s))));
            Counter hedged = instruments.counter(Metrics.STORE_HEDGED_READS);
            return new Points(
                    moved,
                    hedged.labelValues(instruments.values("won")),
                    hedged.labelValues(instruments.values("lost")));
        }
    }

    /** {@code states}: that loops may move to. */
    public StoreMetrics(ServerMetrics metrics, List<String> states) {
        points = Points.of(metrics, states);
    }

    /** Another version is served. */
    public void follow(ServerMetrics metrics) {
        points = Points.of(metrics, List.copyOf(points.moved().keySet()));
    }

    public void moved(String to) {
        CounterDataPoint point = points.moved().get(to);
        if (point != null) {
            point.inc();
        }
    }

    public void hedged(boolean won) {
        (won ? points.won() : points.lost()).inc();
    }
}
