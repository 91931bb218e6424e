package dev.millrace.server.predict;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One item of a ranked list.
 *
 * @param keys the item's ids by key name
 * @param score its relevance; NaN = unknown
 * @param rank from 1
 * @param vector what the model saw of it, for the log; null = nothing
 */
public record RankedItem(Map<String, String> keys, double score, int rank, double @Nullable [] vector) {}
