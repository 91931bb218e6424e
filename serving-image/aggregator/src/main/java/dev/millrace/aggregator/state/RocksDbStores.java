package dev.millrace.aggregator.state;

import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/**
 * Tiles on disk. Left alone, RocksDB takes 50 MiB and 48 MiB more for each partition, outside the heap and without end;
 * here all stores of the process share two caches that never exceed their share of one number.
 *
 * <p>Memtables are counted in a cache of their own, not among the blocks: they cannot be thrown away, and a strict cache
 * that is full of them fails reads.
 */
final class RocksDbStores implements TileStores {
    /** What is not written yet; the rest is for reading. */
    private static final int MEMTABLES_PERCENT = 35;
    /** Smaller ones would be files of nothing. */
    private static final long LEAST_WRITE_BUFFER = 256L << 10;

    private static final long GREATEST_WRITE_BUFFER = 16L << 20;
    /** Of a store: the one that is filled and the one that is being written to disk. */
    static final int WRITE_BUFFERS = 2;

    private final int groups;
    private final long blocksLimit;
    private final long memtablesLimit;
    private final LRUCache blocks;
    private final LRUCache memtables;
    private final WriteBufferManager writeBuffers;

    /**
     * @param memoryBytes of all stores together
     * @param groups that share them
     */
    RocksDbStores(long memoryBytes, int groups) {
        RocksDB.loadLibrary();
        this.groups = groups;
        this.memtablesLimit = memoryBytes * MEMTABLES_PERCENT / 100;
        this.blocksLimit = memoryBytes - memtablesLimit;
        // one shard: many small ones would be full before the whole is
        this.blocks = new LRUCache(blocksLimit, 0, true);
        this.memtables = new LRUCache(memtablesLimit, 0, false);
        this.writeBuffers = new WriteBufferManager(memtablesLimit, memtables);
    }

    @Override
    public KeyValueBytesStoreSupplier named(String store) {
        return Stores.persistentKeyValueStore(store);
    }

    @Override
    public Map<String, Object> settings(int partitions) {
        return Map.of(
                StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
                BoundedRocksDb.class,
                BoundedRocksDb.SHARED,
                new Shared(blocks, writeBuffers, writeBuffer(memtablesLimit, groups, partitions)));
    }

    /** So small that all stores at once, idle ones with them, stay below the limit. */
    static long writeBuffer(long limit, int groups, int partitions) {
        return Math.max(
                LEAST_WRITE_BUFFER,
                Math.min(GREATEST_WRITE_BUFFER, limit / groups / Math.max(1, partitions) / WRITE_BUFFERS));
    }

    @Override
    public boolean outlivesProcess() {
        return true;
    }

    @Override
    public List<Usage> usage() {
        return List.of(
                new Usage("blocks", blocks.getUsage(), blocksLimit),
                new Usage("memtables", memtables.getUsage(), memtablesLimit));
    }

    @Override
    public void close() {
        writeBuffers.close();
        memtables.close();
        blocks.close();
    }

    /**
     * What every store of one application takes part in.
     *
     * @param writeBufferBytes of each memtable
     */
    record Shared(Cache blocks, WriteBufferManager writeBuffers, long writeBufferBytes) {
        /** Kafka Streams hands every setting to its clients, which print those that they do not know. */
        @Override
        public String toString() {
            return "write buffers of " + writeBufferBytes + " bytes";
        }
    }
}
