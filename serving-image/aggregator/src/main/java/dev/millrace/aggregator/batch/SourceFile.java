package dev.millrace.aggregator.batch;

/**
 * A file as it was listed.
 *
 * @param name path or address
 * @param tag another one means other content; empty = nothing tells
 * @param bytes its size; -1 = unknown
 */
public record SourceFile(String name, String tag, long bytes) {}
