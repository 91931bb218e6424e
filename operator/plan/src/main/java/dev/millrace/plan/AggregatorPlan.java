package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The stream aggregators.
 *
 * @param replicas that run now
 * @param minReplicas the least
 * @param maxReplicas the most, by lag; as many as {@code minReplicas} = their number is fixed
 * @param threads stream threads per replica
 * @param rocksDbBytes what RocksDB may take outside the heap; null = tiles are kept in memory
 * @param stateSize most that the state directory may hold
 */
public record AggregatorPlan(
        int replicas,
        int minReplicas,
        int maxReplicas,
        int threads,
        Map<String, Quantity> requests,
        Map<String, Quantity> limits,
        @Nullable Long rocksDbBytes,
        Quantity stateSize) {

    AggregatorPlan withReplicas(int other) {
        return new AggregatorPlan(other, minReplicas, maxReplicas, threads, requests, limits, rocksDbBytes, stateSize);
    }
}
