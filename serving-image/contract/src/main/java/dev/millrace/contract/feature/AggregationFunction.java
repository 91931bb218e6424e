package dev.millrace.contract.feature;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The aggregation functions of the API. All of them merge: a window's value is the merge of its tiles.
 *
 * <p>A column that is absent or null in an event is skipped, and by every function but {@code count}, {@code
 * approx_count_distinct} and {@code time_since_last} also one that is not a finite number. So {@code count} with a column
 * counts the events in which it is present. What an empty window gives stands at each constant:
 * "default" means the feature's default.
 */
public enum AggregationFunction {
    /** Events, or with a column those in which it is present. Empty: 0. */
    COUNT(false),
    /** Empty: 0. */
    SUM(true),
    /** Arithmetic mean. Empty: default. */
    AVG(true),
    /** Empty: default. */
    MIN(true),
    /** Empty: default. */
    MAX(true),
    /** Sample variance, divided by n − 1, by Welford and Chan (no cancellation). Fewer than two values: default. */
    VARIANCE(true),
    /** Square root of {@link #VARIANCE}. Fewer than two values: default. */
    STDDEV(true),
    /** Value with the smallest event time; of equal times the one that came first. Empty: default. */
    FIRST(true),
    /** Value with the greatest event time; of equal times the one that came last. Empty: default. */
    LAST(true),
    /** {@code args.n} features, {@code name[0]} the oldest. Places without a value: default. */
    FIRST_N(true),
    /** {@code args.n} features, {@code name[0]} the newest. Places without a value: default. */
    LAST_N(true),
    /** (last − first) / seconds between them. Fewer than two distinct event times: default. */
    RATE_OF_CHANGE(true),
    /** HyperLogLog over {@code 2^args.lgK} registers; exact while a window is small. Empty: 0. */
    APPROX_COUNT_DISTINCT(true),
    /**
     * The value of rank ⌈{@code args.q}·count⌉ from a logarithmic histogram: within 0.55 % of it while a tile's values lie
     * within a factor of 16 of each other, 1.1 % within 256, 2.2 % within 65 000. Empty: default.
     */
    APPROX_PERCENTILE(true),
    /**
     * Sum in which a value counts half after each {@code args.halfLife}: v·2^(−age / half-life), of the events in the window.
     * An event ahead of the reader's clock counts for more than its value, by as little as it is ahead. Empty: 0.
     */
    DECAYED_SUM(true),
    /** Seconds since the newest event (with a column: in which it is present); never negative. Empty: default. */
    TIME_SINCE_LAST(false);

    private final boolean needsColumn;

    AggregationFunction(boolean needsColumn) {
        this.needsColumn = needsColumn;
    }

    /** The name in a spec: {@code approx_count_distinct}. */
    public String specName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The function with this {@link #specName()}.
     *
     * @throws IllegalArgumentException naming the functions that exist
     */
    public static AggregationFunction of(String specName) {
        for (AggregationFunction f : values()) {
            if (f.specName().equals(specName)) {
                return f;
            }
        }
        throw new IllegalArgumentException("unknown function '" + specName + "', use one of "
                + Arrays.stream(values()).map(AggregationFunction::specName).collect(Collectors.joining(", ")));
    }

    /** Whether {@code column} must be given; the others take it as an option. */
    public boolean needsColumn() {
        return needsColumn;
    }

    /** Whether tiles hold a sketch, so that windows are cut into fewer of them. */
    public boolean isSketch() {
        return this == APPROX_COUNT_DISTINCT || this == APPROX_PERCENTILE;
    }
}
