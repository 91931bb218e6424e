package dev.millrace.aggregator.state;

import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.Stores;

/** Tiles on the heap; restored from their changelog at every start. */
final class MemoryStores implements TileStores {
    @Override
    public KeyValueBytesStoreSupplier named(String store) {
        return Stores.inMemoryKeyValueStore(store);
    }

    @Override
    public Map<String, Object> settings(int partitions) {
        return Map.of();
    }

    @Override
    public boolean outlivesProcess() {
        return false;
    }

    @Override
    public List<Usage> usage() {
        return List.of();
    }

    @Override
    public void close() {}
}
