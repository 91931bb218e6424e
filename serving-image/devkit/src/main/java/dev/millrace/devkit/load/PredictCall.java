package dev.millrace.devkit.load;

import java.util.List;
import java.util.Map;

/**
 * One predict call for one entity.
 *
 * @param keys the entity's join keys; strings
 * @param inputs request features by name
 * @param candidates what is to be ranked, by {@code item_id}; empty = nothing
 */
public record PredictCall(
        String model, String id, Map<String, String> keys, Map<String, Double> inputs, List<String> candidates) {

    public PredictCall(String model, String id, Map<String, String> keys, Map<String, Double> inputs) {
        this(model, id, keys, inputs, List.of());
    }
}
