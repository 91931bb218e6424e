package dev.millrace.aggregator.state;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;

/** Called by Kafka Streams for every store that it opens. */
public final class BoundedRocksDb implements RocksDBConfigSetter {
    /** The setting that holds {@link RocksDbStores.Shared}. */
    static final String SHARED = "millrace.rocksdb.shared";

    /** Instead of 2 MiB for each file of each compaction: it is not counted anywhere. */
    private static final long READAHEAD = 256L << 10;

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        RocksDbStores.Shared shared = (RocksDbStores.Shared) configs.get(SHARED);
        if (shared == null) {
            throw new IllegalStateException(SHARED + " is not among the settings");
        }
        // the table that Kafka Streams made: it refuses another one
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(shared.blocks());
        // they would grow with the state, outside of every bound
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(shared.writeBuffers());
        options.setWriteBufferSize(shared.writeBufferBytes());
        options.setMaxWriteBufferNumber(RocksDbStores.WRITE_BUFFERS);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
        options.setCompactionReadaheadSize(READAHEAD);
    }

    /** What is shared is closed by {@link RocksDbStores}. */
    @Override
    public void close(String store, Options options) {}
}
