package dev.millrace.aggregator.state;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.ConfigException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;

/** The state stores of one process; what they share is closed after the last stream. */
public interface TileStores extends AutoCloseable {
    /**
     * As the document says.
     *
     * @throws ConfigException when it asks for RocksDB and this image has none
     */
    static TileStores of(AggregatorConfig config) {
        AggregatorConfig.RocksDb bound = config.rocksDb();
        if (bound == null) {
            return new MemoryStores();
        }
        long streams = config.groups().stream().filter(g -> g.stream() != null).count();
        try {
            return new RocksDbStores(bound.memoryBytes(), (int) Math.max(1, streams));
        } catch (NoClassDefFoundError e) {
            throw new ConfigException(
                    "rocksDb: there is no RocksDB in this image; run the one named millrace-aggregator-rocksdb", e);
        }
    }

    KeyValueBytesStoreSupplier named(String store);

    /**
     * What Kafka Streams must be told of one application.
     *
     * @param partitions that this process has of it at most
     */
    Map<String, Object> settings(int partitions);

    /** Whether a process that was killed finds its tiles again. */
    boolean outlivesProcess();

    /** Memory outside the heap, by part. */
    List<Usage> usage();

    @Override
    void close();

    /**
     * Memory of one part.
     *
     * @param part the label's value
     */
    record Usage(String part, long bytes, long limitBytes) {}
}
