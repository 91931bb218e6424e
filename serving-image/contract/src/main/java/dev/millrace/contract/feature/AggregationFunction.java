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
    COUNT(false, true),
    /** Empty: 0. */
    SUM(true, true),
    /** Arithmetic mean. Empty: default. */
    AVG(true, true),
    /** Empty: default. */
    MIN(true, true),
    /** Empty: default. */
    MAX(true, true),
    /** Sample variance, divided by n − 1, by Welford and Chan (no cancellation). Fewer than two values: default. */
    VARIANCE(true, true),
    /** Square root of {@link #VARIANCE}. Fewer than two values: default. */
    STDDEV(true, true),
    /** Value with the smallest event time; of equal times the one that came first. Empty: default. */
    FIRST(true, true),
    /** Value with the greatest event time; of equal times the one that came last. Empty: default. */
    LAST(true, true),
    /** {@code args.n} features, {@code name[0]} the oldest. Places without a value: default. */
    FIRST_N(true, true),
    /** {@code args.n} features, {@code name[0]} the newest. Places without a value: default. */
    LAST_N(true, true),
    /** (last − first) / seconds between them. Fewer than two distinct event times: default. */
    RATE_OF_CHANGE(true, true),
    /** HyperLogLog over {@code 2^args.lgK} registers; exact while a window is small. Empty: 0. */
    APPROX_COUNT_DISTINCT(true, true),
    /** Not in this release. */
    APPROX_PERCENTILE(true, false),
    /** Not in this release. */
    DECAYED_SUM(true, false),
    /** Seconds since the newest event (with a column: in which it is present); never negative. Empty: default. */
    TIME_SINCE_LAST(false, true);

    private final boolean needsColumn;
    private final boolean supported;

    AggregationFunction(boolean needsColumn, boolean supported) {
        this.needsColumn = needsColumn;
        this.supported = supported;
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

    /** Whether this release computes it; the plan rejects the others by name. */
    public boolean isSupported() {
        return supported;
    }

    /** Whether tiles hold a sketch, so that windows are cut into fewer of them. */
    public boolean isSketch() {
        return this == APPROX_COUNT_DISTINCT || this == APPROX_PERCENTILE;
    }
}
