package dev.millrace.server.predict;

/** Milliseconds by stage; {@code total} up to the moment the answer is encoded. */
public record Timings(double features, double queue, double inference, double postProcessing, double total) {}
