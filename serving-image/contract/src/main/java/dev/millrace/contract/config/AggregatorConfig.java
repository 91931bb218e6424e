package dev.millrace.contract.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code aggregator.json}: for the aggregator (its stream groups) and the batch loader (its batch groups).
 *
 * @param threads stream threads; 0 = from the CPU limit
 * @param stateDir scratch directory; nothing in it needs to survive
 * @param rocksDb the bound of tiles on disk; null = tiles are kept in memory
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
        String stateDir,
        @Nullable RocksDb rocksDb) {

    /** With tiles in memory. */
    public AggregatorConfig(
            String namespace,
            String name,
            @Nullable Kafka kafka,
            Store store,
            List<Entity> entities,
            List<FeatureGroup> groups,
            int metricsPort,
            String host,
            int threads,
            String stateDir) {
        this(namespace, name, kafka, store, entities, groups, metricsPort, host, threads, stateDir, null);
    }

    /** The same of other groups. */
    public AggregatorConfig withGroups(List<FeatureGroup> others) {
        return new AggregatorConfig(
                namespace, name, kafka, store, entities, others, metricsPort, host, threads, stateDir, rocksDb);
    }

    /** The same with tiles on disk. */
    public AggregatorConfig withRocksDb(RocksDb bound) {
        return new AggregatorConfig(
                namespace, name, kafka, store, entities, groups, metricsPort, host, threads, stateDir, bound);
    }

    /**
     * Tiles on disk.
     *
     * @param memoryBytes all that RocksDB may take outside the heap, of all groups and partitions together
     */
    public record RocksDb(long memoryBytes) {}
}
