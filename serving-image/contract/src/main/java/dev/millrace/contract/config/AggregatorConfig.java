package dev.millrace.contract.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code aggregator.json}: for the aggregator (its stream groups) and the batch loader (its batch groups).
 *
 * @param threads stream threads; 0 = from the CPU limit
 * @param stateDir scratch directory; nothing in it needs to survive
 */
public record AggregatorConfig(
        String namespace,
        String name,
        @Nullable Kafka kafka,
        Store store,
        List<Entity> entities,
        List<FeatureGroup> groups,
        int metricsPort,
        String host,
        int threads,
        String stateDir) {}
