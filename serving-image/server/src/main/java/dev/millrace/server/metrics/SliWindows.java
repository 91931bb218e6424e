package dev.millrace.server.metrics;

import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.contract.status.ServerStatus.Events;
import dev.millrace.contract.status.ServerStatus.Sli;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** The SLO's counters over a short and a long window, for the status: those of the fastest burn-rate alert. */
public final class SliWindows {
    static final Duration SHORT = Duration.ofMinutes(5);
    static final Duration LONG = Duration.ofHours(1);
    private static final Duration SLICE = Duration.ofSeconds(15);

    private final Slo slo;
    private final SlidingCounts counts;

    /** The counters are those of the metric, so that what is good and bad is decided once. */
    SliWindows(
            Slo slo,
            CounterDataPoint latencyGood,
            CounterDataPoint latencyBad,
            CounterDataPoint availabilityGood,
            CounterDataPoint availabilityBad,
            LongSupplier nanos) {
        this.slo = slo;
        LongSupplier[] counters = Stream.of(latencyGood, latencyBad, availabilityGood, availabilityBad)
                .map(c -> (LongSupplier) c::getLongValue)
                .toArray(LongSupplier[]::new);
        this.counts = new SlidingCounts(counters, LONG, SLICE, nanos);
    }

    /** To be called every few seconds. */
    public void mark() {
        counts.mark();
    }

    /** For the status. */
    public List<Sli> now() {
        long[] brief = counts.gained(SHORT);
        long[] hour = counts.gained(LONG);
        return List.of(
                new Sli("latency", slo.percentile(), slo.thresholdMs(), events(brief, 0), events(hour, 0)),
                new Sli("availability", slo.availability(), null, events(brief, 2), events(hour, 2)));
    }

    private static Events events(long[] gained, int at) {
        return new Events(gained[at], gained[at] + gained[at + 1]);
    }
}
