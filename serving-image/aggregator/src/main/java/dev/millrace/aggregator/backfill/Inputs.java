package dev.millrace.aggregator.backfill;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a training set is made of.
 *
 * @param labels file or directory: a row for each example, with the ids of its entities, its time, and what the request has
 * @param labelTime column of the labels' time: an example sees the events before it
 * @param events by group its events (a batch group: its rows), file or directory
 * @param knownAt by group the column that says when an event was there to be read; without it that is its own time
 */
record Inputs(Path labels, String labelTime, Map<String, Path> events, Map<String, String> knownAt) {}
