package dev.millrace.contract.metrics;

import java.util.List;

/**
 * One metric of the catalogue.
 *
 * @param name without {@code _total}: the client library adds it to counters
 * @param help one sentence: what it counts or measures, and what a label says
 * @param unit of the value: seconds, records, rows, events, ratio …
 * @param labels own labels, in order; the process adds the common ones ({@link Metrics#SERVER_LABELS}, {@link
 *     Metrics#AGGREGATOR_LABELS})
 */
public record Metric(String name, Type type, String help, String unit, List<String> labels) {
    /** As Prometheus knows them. */
    public enum Type {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    public Metric {
        labels = List.copyOf(labels);
    }

    /** The name in a scrape and in PromQL; a histogram's series add {@code _bucket}, {@code _sum}, {@code _count}. */
    public String exposedName() {
        return type == Type.COUNTER ? name + "_total" : name;
    }
}
