package dev.millrace.api.v1alpha1;

/** Aggregation functions; all are mergeable. The constants are the words of the YAML. */
public enum AggregationFunctionName {
    count,
    sum,
    avg,
    min,
    max,
    variance,
    stddev,
    first,
    last,
    first_n,
    last_n,
    rate_of_change,
    approx_count_distinct,
    approx_percentile,
    decayed_sum,
    time_since_last
}
