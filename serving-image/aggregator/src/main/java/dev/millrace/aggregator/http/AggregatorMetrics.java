package dev.millrace.aggregator.http;

import dev.millrace.aggregator.sink.SinkListener;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.state.TileStores;
import dev.millrace.aggregator.stream.GroupStatus;
import dev.millrace.aggregator.stream.PartitionView;
import dev.millrace.aggregator.stream.StreamMetrics;
import dev.millrace.contract.metrics.Metric;
import dev.millrace.contract.metrics.Metrics;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The aggregator's metrics, registered from the contract's catalogue. */
public final class AggregatorMetrics {
    /** 1 ms to 1 min: the promise is 10 ms to 100 ms, an outage is minutes. */
    private static final double[] PIPELINE_SECONDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60
    };
    /** A label per partition is dear beyond this. */
    private static final int MAX_PARTITION_LABELS = 64;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final String[] common;
    private final Counter events;
    private final Counter forgotten;
    private final Counter overtaken;
    private final Counter beforeBatch;
    private final Counter writes;
    private final Counter restored;
    private final Histogram pipeline;

    public AggregatorMetrics(String namespace, String model) {
        this.common = new String[] {namespace, model};
        JvmMetrics.builder().register(registry);
        this.events = counter(Metrics.AGGREGATOR_EVENTS);
        this.forgotten = counter(Metrics.DEDUP_FORGOTTEN);
        this.overtaken = counter(Metrics.STATES_OVERTAKEN);
        this.beforeBatch = counter(Metrics.LATE_BEFORE_BATCH);
        this.writes = counter(Metrics.STORE_WRITES);
        this.restored = counter(Metrics.STATE_RESTORED);
        this.pipeline = Histogram.builder()
                .name(Metrics.FEATURE_PIPELINE.name())
                .help(Metrics.FEATURE_PIPELINE.help())
                .labelNames(labels(Metrics.FEATURE_PIPELINE))
                .classicUpperBounds(PIPELINE_SECONDS)
                .register(registry);
    }

    public PrometheusRegistry registry() {
        return registry;
    }

    /** The counters of one group, resolved once so that an event costs no look-up. */
    public StreamMetrics forGroup(String group) {
        Map<StreamMetrics.EventResult, CounterDataPoint> byEvent = new EnumMap<>(StreamMetrics.EventResult.class);
        for (StreamMetrics.EventResult result : StreamMetrics.EventResult.values()) {
            byEvent.put(result, events.labelValues(values(group, result.name().toLowerCase(Locale.ROOT))));
        }
        Map<StoreClient.Result, CounterDataPoint> byWrite = new EnumMap<>(StoreClient.Result.class);
        for (StoreClient.Result result : StoreClient.Result.values()) {
            byWrite.put(result, writes.labelValues(values(group, result.name().toLowerCase(Locale.ROOT))));
        }
        CounterDataPoint ids = forgotten.labelValues(values(group));
        CounterDataPoint older = overtaken.labelValues(values(group));
        CounterDataPoint late = beforeBatch.labelValues(values(group));
        CounterDataPoint active = restored.labelValues(values(group, "active"));
        CounterDataPoint standby = restored.labelValues(values(group, "standby"));
        DistributionDataPoint freshness = pipeline.labelValues(values(group));
        SinkListener sink = (result, ackedAtMs, appendTimesMs) -> {
            point(byWrite, result).inc();
            if (result != StoreClient.Result.FAILED) {
                for (long appended : appendTimesMs) {
                    freshness.observe(Math.max(0, ackedAtMs - appended) / 1e3);
                }
            }
        };
        return new StreamMetrics() {
            @Override
            public void event(EventResult result) {
                point(byEvent, result).inc();
            }

            @Override
            public void idForgotten() {
                ids.inc();
            }

            @Override
            public void stateOvertaken() {
                older.inc();
            }

            @Override
            public void lateBeforeBatch() {
                late.inc();
            }

            @Override
            public void restored(boolean kept, long records) {
                (kept ? standby : active).inc(records);
            }

            @Override
            public SinkListener sink() {
                return sink;
            }
        };
    }

    private static <K extends Enum<K>> CounterDataPoint point(Map<K, CounterDataPoint> points, K key) {
        CounterDataPoint point = points.get(key);
        if (point == null) {
            throw new IllegalStateException("every result has its counter");
        }
        return point;
    }

    /** Gauges that are read at scrape time. */
    public void observe(
            Supplier<List<GroupStatus>> groups, IntSupplier queueDepth, Supplier<List<TileStores.Usage>> state) {
        gauge(Metrics.FEATURE_WATERMARK_LAG, callback -> {
            long now = System.currentTimeMillis();
            eachPartition(groups.get(), (group, view) -> {
                if (view.caughtUpAtMs() > 0) {
                    callback.call(
                            Math.max(0, now - view.caughtUpAtMs()) / 1e3,
                            values(group, Integer.toString(view.partition())));
                }
            });
        });
        gauge(
                Metrics.SOURCE_LAG,
                callback -> eachPartition(
                        groups.get(),
                        (group, view) ->
                                callback.call(view.lagRecords(), values(group, Integer.toString(view.partition())))));
        gauge(Metrics.FEATURE_WATERMARK_TIMESTAMP, callback -> {
            for (GroupStatus group : groups.get()) {
                if (group.caughtUpAtMs() > 0) {
                    callback.call(group.caughtUpAtMs() / 1e3, values(group.group()));
                }
            }
        });
        gauge(Metrics.PARTITIONS_WAITING, callback -> {
            for (GroupStatus group : groups.get()) {
                callback.call(group.waiting(), values(group.group()));
            }
        });
        gauge(Metrics.STORE_QUEUE_DEPTH, callback -> callback.call(queueDepth.getAsInt(), values()));
        gauge(Metrics.ROCKSDB_MEMORY, callback -> state.get()
                .forEach(part -> callback.call(part.bytes(), values(part.part()))));
        gauge(Metrics.ROCKSDB_MEMORY_LIMIT, callback -> state.get()
                .forEach(part -> callback.call(part.limitBytes(), values(part.part()))));
    }

    private interface PerPartition {
        void accept(String group, PartitionView view);
    }

    private static void eachPartition(List<GroupStatus> groups, PerPartition action) {
        for (GroupStatus group : groups) {
            if (group.partitions() <= MAX_PARTITION_LABELS) {
                group.views().forEach(view -> action.accept(group.group(), view));
            }
        }
    }

    private void gauge(Metric metric, java.util.function.Consumer<GaugeWithCallback.Callback> callback) {
        GaugeWithCallback.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(labels(metric))
                .callback(callback)
                .register(registry);
    }

    private Counter counter(Metric metric) {
        return Counter.builder()
                .name(metric.name())
                .help(metric.help())
                .labelNames(labels(metric))
                .register(registry);
    }

    private static String[] labels(Metric metric) {
        List<String> names = new ArrayList<>(Metrics.AGGREGATOR_LABELS);
        names.addAll(metric.labels());
        return names.toArray(String[]::new);
    }

    private String[] values(String... own) {
        String[] all = new String[common.length + own.length];
        System.arraycopy(common, 0, all, 0, common.length);
        System.arraycopy(own, 0, all, common.length, own.length);
        return all;
    }
}
