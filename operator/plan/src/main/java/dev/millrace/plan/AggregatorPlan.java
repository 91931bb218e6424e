package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * The stream aggregators.
 *
 * @param threads stream threads per replica
 */
public record AggregatorPlan(int replicas, int threads, Map<String, Quantity> requests, Map<String, Quantity> limits) {}
