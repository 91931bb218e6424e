package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metric;
import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Makes the catalogue's metrics, each with the labels that every metric of a server has. */
final class Instruments {
    private final PrometheusRegistry registry;
    private final String[] common;

    /** {@code common}: values of {@link Metrics#SERVER_LABELS}. */
    Instruments(PrometheusRegistry registry, String... common) {
        this.registry = registry;
        this.common = common;
    }

    Counter counter(Metric m) {
        return Counter.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .withoutExemplars()
                .register(registry);
    }

    Gauge gauge(Metric m) {
        return Gauge.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .withoutExemplars()
                .register(registry);
    }

    Histogram histogram(Metric m, double... upperBounds) {
        return Histogram.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .classicUpperBounds(upperBounds)
                .withoutExemplars()
                .register(registry);
    }

    /** {@code read} is asked at each scrape and gives (value, own label values…). */
    void gauge(Metric m, Consumer<BiConsumer<Double, String[]>> read) {
        GaugeWithCallback.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .callback(out -> read.accept((value, own) -> out.call(value, values(own))))
                .register(registry);
    }

    void counter(Metric m, java.util.function.DoubleSupplier read) {
        CounterWithCallback.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .callback(out -> out.call(read.getAsDouble(), values()))
                .register(registry);
    }

    private static String[] names(Metric m) {
        return Stream.concat(Metrics.SERVER_LABELS.stream(), m.labels().stream())
                .toArray(String[]::new);
    }

    /** Common values, then a metric's own. */
    String[] values(String... own) {
        return Stream.concat(Stream.of(common), Stream.of(own)).toArray(String[]::new);
    }
}
