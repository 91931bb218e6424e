package dev.millrace.contract.feature;

/**
 * How one aggregation is read from a level.
 *
 * @param lane first lane of its first intermediate result, -1 when it reads a cell
 * @param second first lane of its second one ({@code avg}: count, {@code rate_of_change}: last), else -1
 * @param cell index of its cell, else -1
 * @param ir the intermediate result behind lane or cell
 * @param arg {@code q} in millionths, half-life in seconds, else what {@code ir} has too
 * @param at first place in the group's output
 * @param width places; more than one for the lists
 * @param whenEmpty the feature's default, NaN = none
 */
record Output(
        AggregationFunction function,
        int lane,
        int second,
        int cell,
        Ir ir,
        long windowMs,
        int arg,
        int at,
        int width,
        double whenEmpty) {}
