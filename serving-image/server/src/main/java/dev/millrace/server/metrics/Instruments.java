package dev.millrace.server.metrics;

import dev.millrace.contract.metrics.Metric;
import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Makes the catalogue's metrics, each with the labels that every metric of a server has. The versions that one process
 * serves after another share the metrics and differ in a label.
 */
final class Instruments {
    private final Families families;
    private final List<String> common;

    /** What stands in the registry once, whichever version counts. Made and cleared under its lock. */
    private static final class Families {
        final PrometheusRegistry registry;
        final Map<String, StatefulMetric<?, ?>> metrics = new HashMap<>();
        final Map<String, Callbacks> callbacks = new HashMap<>();

        Families(PrometheusRegistry registry) {
            this.registry = registry;
        }
    }

    /** Those who are asked at a scrape. */
    private record Callbacks(List<Callback> list) {
        /** A label set is given once: by the one who came last. */
        void ask(BiConsumer<Double, String[]> out) {
            Map<List<String>, Double> values = new LinkedHashMap<>();
            for (Callback c : list) {
                c.read()
                        .accept((value, own) ->
                                values.put(Arrays.asList(c.owner().values(own)), value));
            }
            values.forEach((labels, value) -> out.accept(value, labels.toArray(String[]::new)));
        }
    }

    private record Callback(Instruments owner, Consumer<BiConsumer<Double, String[]>> read) {}

    /** {@code common}: values of {@link Metrics#SERVER_LABELS}. */
    Instruments(PrometheusRegistry registry, String... common) {
        this(new Families(registry), List.of(common));
    }

    private Instruments(Families families, List<String> common) {
        this.families = families;
        this.common = common;
    }

    /** The same metrics with other values of the common labels. */
    Instruments with(String... others) {
        return new Instruments(families, List.of(others));
    }

    boolean sameLabels(Instruments other) {
        return common.equals(other.common);
    }

    Counter counter(Metric m) {
        return family(m, Counter.class, () -> Counter.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .withoutExemplars()
                .register(families.registry));
    }

    Gauge gauge(Metric m) {
        return family(m, Gauge.class, () -> Gauge.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .withoutExemplars()
                .register(families.registry));
    }

    Histogram histogram(Metric m, double... upperBounds) {
        return family(m, Histogram.class, () -> Histogram.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .classicUpperBounds(upperBounds)
                .withoutExemplars()
                .register(families.registry));
    }

    /** {@code read} is asked at each scrape and gives (value, own label values…). */
    void gauge(Metric m, Consumer<BiConsumer<Double, String[]>> read) {
        asked(m, read, all -> GaugeWithCallback.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .callback(out -> all.ask(out::call))
                .register(families.registry));
    }

    void counter(Metric m, DoubleSupplier read) {
        asked(m, out -> out.accept(read.getAsDouble(), new String[0]), all -> CounterWithCallback.builder()
                .name(m.name())
                .help(m.help())
                .labelNames(names(m))
                .callback(out -> all.ask(out::call))
                .register(families.registry));
    }

    private <T extends StatefulMetric<?, ?>> T family(Metric m, Class<T> type, Supplier<T> make) {
        synchronized (families) {
            return type.cast(families.metrics.computeIfAbsent(m.name(), name -> make.get()));
        }
    }

    private void asked(Metric m, Consumer<BiConsumer<Double, String[]>> read, Consumer<Callbacks> register) {
        synchronized (families) {
            Callbacks all = families.callbacks.get(m.name());
            if (all == null) {
                all = new Callbacks(new CopyOnWriteArrayList<>());
                families.callbacks.put(m.name(), all);
                register.accept(all);
            }
            all.list().add(new Callback(this, read));
        }
    }

    /** Is no longer asked at a scrape. */
    void release() {
        synchronized (families) {
            families.callbacks.values().forEach(all -> all.list().removeIf(c -> c.owner() == this));
        }
    }

    /** Values of this moment are no longer asked for nor shown; what was counted stays. */
    void settle() {
        release();
        synchronized (families) {
            clear(Gauge.class);
        }
    }

    /** Nothing of these labels stays. */
    void forget() {
        synchronized (families) {
            clear(StatefulMetric.class);
        }
    }

    private void clear(Class<?> kind) {
        for (StatefulMetric<?, ?> metric : families.metrics.values()) {
            if (kind.isInstance(metric)) {
                metric.removeIf(values -> values.subList(0, common.size()).equals(common));
            }
        }
    }

    private static String[] names(Metric m) {
        return Stream.concat(Metrics.SERVER_LABELS.stream(), m.labels().stream())
                .toArray(String[]::new);
    }

    /** Common values, then a metric's own. */
    String[] values(String... own) {
        return Stream.concat(common.stream(), Stream.of(own)).toArray(String[]::new);
    }
}
