package dev.millrace.devkit.load;

import java.util.Map;

/**
 * One predict call for one entity.
 *
 * @param keys the entity's join keys; strings
 * @param inputs request features by name
 */
public record PredictCall(String model, String id, Map<String, String> keys, Map<String, Double> inputs) {}
