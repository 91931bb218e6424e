package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * The stream aggregators.
 *
 * @param replicas that run now
 * @param minReplicas the least
 * @param maxReplicas the most, by lag; as many as {@code minReplicas} = their number is fixed
 * @param threads stream threads per replica
 */
public record AggregatorPlan(
        int replicas,
        int minReplicas,
        int maxReplicas,
        int threads,
        Map<String, Quantity> requests,
        Map<String, Quantity> limits) {

    AggregatorPlan withReplicas(int other) {
        return new AggregatorPlan(other, minReplicas, maxReplicas, threads, requests, limits);
    }
}
