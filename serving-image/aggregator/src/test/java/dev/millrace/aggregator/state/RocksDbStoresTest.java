package dev.millrace.aggregator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RocksDbStoresTest {
    private static final long MEBI = 1 << 20;
    private static final long MEMORY = 24 * MEBI;
    private static final int PARTITIONS = 8;
    private static final int ENTITIES = 4_000;
    private static final int BYTES = 2_000;

    @TempDir
    Path dir;

    /** Twice its memory of each: without the bound RocksDB takes 98 MiB for each of these stores. */
    @Test
    void neverTakesMoreThanItsMemory() {
        Random random = new Random(7);
        byte[] value = new byte[BYTES];
        try (RocksDbStores stores = new RocksDbStores(MEMORY, 1)) {
            List<KeyValueStore<Bytes, byte[]>> partitions = open(stores);
            for (int round = 0; round < 2; round++) {
                for (int entity = 0; entity < ENTITIES; entity++) {
                    for (KeyValueStore<Bytes, byte[]> partition : partitions) {
                        random.nextBytes(value);
                        ByteBuffer.wrap(value).putInt(entity).putInt(round);
                        partition.put(key(entity), value);
                    }
                    if (entity % 500 == 0) {
                        assertBounded(stores);
                    }
                }
            }
            for (KeyValueStore<Bytes, byte[]> partition : partitions) {
                for (int entity = 0; entity < ENTITIES; entity++) {
                    ByteBuffer found = ByteBuffer.wrap(partition.get(key(entity)));
                    assertThat(List.of(found.getInt(), found.getInt())).isEqualTo(List.of(entity, 1));
                }
                assertBounded(stores);
            }
            // one by one from the middle of everything, as rehydration goes through all partitions at once
            List<KeyValueIterator<Bytes, byte[]>> all =
                    partitions.stream().map(KeyValueStore::all).toList();
            for (int entity = 0; entity < ENTITIES; entity++) {
                for (KeyValueIterator<Bytes, byte[]> iterator : all) {
                    assertThat(iterator.next().key).isEqualTo(key(entity));
                }
            }
            assertBounded(stores);
            assertThat(stores.usage())
                    .allSatisfy(part -> assertThat(part.bytes()).as("%s", part).isPositive());
            all.forEach(KeyValueIterator::close);
            partitions.forEach(KeyValueStore::close);
        }
    }

    private static void assertBounded(RocksDbStores stores) {
        assertThat(stores.usage())
                .hasSize(2)
                .allSatisfy(part -> assertThat(part.bytes()).as("%s", part).isLessThanOrEqualTo(part.limitBytes()));
        assertThat(stores.usage().stream()
                        .mapToLong(TileStores.Usage::limitBytes)
                        .sum())
                .isEqualTo(MEMORY);
    }

    private List<KeyValueStore<Bytes, byte[]>> open(RocksDbStores stores) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "bounded");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "unused:9092");
        settings.putAll(stores.settings(PARTITIONS));
        List<KeyValueStore<Bytes, byte[]>> opened = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            MockProcessorContext<Object, Object> context = new MockProcessorContext<>(
                    settings,
                    new TaskId(0, partition),
                    dir.resolve("p" + partition).toFile());
            KeyValueStore<Bytes, byte[]> store = stores.named("tiles").get();
            store.init(context.getStateStoreContext(), store);
            opened.add(store);
        }
        return opened;
    }

    private static Bytes key(int entity) {
        return Bytes.wrap(ByteBuffer.allocate(4).putInt(entity).array());
    }

    @ParameterizedTest
    @CsvSource({
        // limit, groups, partitions, bytes of one memtable
        "100, 1, 12, 4369066",
        "100, 4, 12, 1092266",
        "100, 1, 1, 16777216",
        "8, 2, 64, 262144",
        "8, 1, 0, 4194304",
    })
    void memtablesOfAllStoresFitTogether(long limitMebi, int groups, int partitions, long expected) {
        assertThat(RocksDbStores.writeBuffer(limitMebi * MEBI, groups, partitions))
                .isEqualTo(expected);
    }
}
