package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.aggregator.Purchases;
import dev.millrace.aggregator.event.SeenIds;
import dev.millrace.aggregator.sink.FakeStore;
import dev.millrace.aggregator.sink.SinkListener;
import dev.millrace.aggregator.sink.StoreSink;
import dev.millrace.aggregator.state.TileStores;
import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.ValueHeader;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.contract.store.StoreKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology without a broker: what an event does to store, dead letters, counters and heartbeats. */
class GroupTopologyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant START = Instant.ofEpochMilli(1_795_600_000_000L);

    @TempDir
    Path dir;

    private final FakeStore store = new FakeStore();
    private final Map<StreamMetrics.EventResult, Integer> counted = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, PartitionView> views = new ConcurrentHashMap<>();
    private EndOffsets.@Nullable Sample end;
    private long position;
    private StoreSink sink;
    private TopologyTestDriver driver;
    private TestInputTopic<String, String> events;
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private TestOutputTopic<String, byte[]> changelog;
    private TileStores stores;

    @BeforeEach
    void start() {
        start(config(dir, Purchases.group()));
    }

    private static AggregatorConfig config(Path dir, FeatureGroup group) {
        return Purchases.config("unused:9092", "redis://unused:6379", dir, 1, group);
    }

    private void start(AggregatorConfig config) {
        GroupDefinition definition = GroupDefinition.of(config, config.groups().get(0));
        sink = new StoreSink("sink", store, 1_000, SinkListener.NONE).start();
        StreamMetrics metrics = new StreamMetrics() {
            @Override
            public void event(EventResult result) {
                counted.merge(result, 1, Integer::sum);
            }

            @Override
            public void lateBeforeBatch() {
                beforeBatch++;
            }

            @Override
            public void stateOvertaken() {
                throw new AssertionError("nothing is restored here");
            }

            @Override
            public void idForgotten() {
                forgotten++;
            }

            @Override
            public void restored(boolean standby, long records) {}

            @Override
            public SinkListener sink() {
                return SinkListener.NONE;
            }
        };
        ThreadLink link = new ThreadLink() {
            @Override
            public StoreSink sink() {
                return sink;
            }

            @Override
            public OptionalLong position(TopicPartition partition) {
                return OptionalLong.of(position);
            }

            @Override
            public long lastDelivered(TopicPartition partition) {
                return -1;
            }

            @Override
            public void readAgain(TopicPartition partition) {
                throw new AssertionError("the topic is the same");
            }

            @Override
            public void assigned(TopicPartition partition) {}
        };
        StreamContext shared = new StreamContext(
                "topic-id",
                1,
                3,
                partition -> end,
                metrics,
                Tuning.defaults(),
                views,
                batchEndMs,
                new OvertakenStates(),
                ConcurrentHashMap.newKeySet());
        stores = TileStores.of(config);
        Properties settings = StreamsSettings.of(
                Map.of("bootstrap.servers", "unused:9092"),
                definition.applicationId(),
                1,
                dir.toString(),
                false,
                stores.settings(1),
                Tuning.defaults());
        driver = new TopologyTestDriver(GroupTopology.of(definition, stores, shared, () -> link), settings, START);
        changelog = driver.createOutputTopic(
                definition.changelogTopic(), new StringDeserializer(), new ByteArrayDeserializer());
        events = driver.createInputTopic(
                Purchases.TOPIC, new StringSerializer(), new StringSerializer(), START, Duration.ofMillis(1));
        deadLetters = driver.createOutputTopic(
                Purchases.deadLetters("7f3a"), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        await().atMost(PATIENCE).until(() -> sink.identity() != null);
    }

    @AfterEach
    void stop() {
        driver.close();
        sink.close();
        stores.close();
    }

    private void buy(String customer, double amount) {
        events.pipeInput(customer, Purchases.json(customer, "m-1", amount, START.toEpochMilli()));
        position++;
    }

    private byte @Nullable [] value(String customer) {
        return store.values.get(
                StoreKeys.value(Purchases.NS, Purchases.CUSTOMER, List.of(customer), Purchases.group()));
    }

    private double[] features(String customer) {
        double[] out = new double[4];
        assertThat(new TileReader(dev.millrace.contract.feature.TileLayout.of(Purchases.group()))
                        .read(Objects.requireNonNull(value(customer)), START.toEpochMilli(), out, 0))
                .isTrue();
        return out;
    }

    private @Nullable Heartbeat beat() {
        store.heartbeats.clear();
        driver.advanceWallClockTime(Duration.ofMillis(200));
        assertThat(sink.drain(PATIENCE)).isTrue();
        // a heartbeat follows its values; one more value shows that the sink has passed it
        sink.offer("marker", new byte[40], 1, 1);
        assertThat(sink.drain(PATIENCE)).isTrue();
        String text = store.heartbeats.get(StoreKeys.heartbeat(Purchases.NS, Purchases.group(), 0));
        return text == null ? null : Heartbeat.decode(text);
    }

    private void brokerSays(long endOffset, long agoMs) {
        end = new EndOffsets.Sample(endOffset, START.toEpochMilli() + elapsed() - agoMs);
    }

    private long elapsed() {
        return beats * 200L;
    }

    private int beats;
    private int forgotten;
    private int beforeBatch;
    private final AtomicLong batchEndMs = new AtomicLong();

    @Test
    void eventsBecomeValuesWithTheEpochAndARisingVersion() {
        buy("c-1", 10);
        buy("c-2", 5);
        buy("c-1", 30);
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(features("c-1")).containsExactly(2, 40, 30, 1);
        assertThat(features("c-2")).containsExactly(1, 5, 5, 1);
        ValueHeader header = Objects.requireNonNull(ValueHeader.of(Objects.requireNonNull(value("c-1"))));
        assertThat(header.epoch()).isEqualTo(3);
        assertThat(header.seq()).isEqualTo(2);
        assertThat(counted).isEqualTo(Map.of(StreamMetrics.EventResult.APPLIED, 3));
    }

    @Test
    void whatTheFilterRefusesIsCountedAndNothingElse() {
        events.pipeInput(
                "c-1", Purchases.json("c-1", "m-1", 1, START.toEpochMilli()).replace("OK", "DENIED"));
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(value("c-1")).isNull();
        assertThat(counted).isEqualTo(Map.of(StreamMetrics.EventResult.FILTERED, 1));
        assertThat(deadLetters.isEmpty()).isTrue();
    }

    @Test
    void aLateEventIsCountedAndChangesNothing() {
        buy("c-1", 10);
        events.pipeInput("c-1", Purchases.json("c-1", "m-1", 7, START.toEpochMilli() - 600_001));
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(features("c-1")).containsExactly(1, 10, 10, 1);
        assertThat(counted).containsEntry(StreamMetrics.EventResult.LATE, 1);
    }

    @Test
    void whatItsProducerSendsTwiceCountsOnce() {
        stop();
        start(config(dir, Purchases.deduplicated(Purchases.group(), "event_id", 600_000)));
        long now = START.toEpochMilli();
        String first = Purchases.identified(Purchases.json("c-1", "m-1", 10, now - 1_000), "e-1");
        events.pipeInput("c-1", first);
        events.pipeInput("c-1", first);
        events.pipeInput("c-1", Purchases.identified(Purchases.json("c-1", "m-1", 20, now), "e-2"));
        events.pipeInput("c-1", first);
        // the same id of another entity is another event
        events.pipeInput("c-2", Purchases.identified(Purchases.json("c-2", "m-1", 5, now), "e-1"));
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(features("c-1")).containsExactly(2, 30, 20, 1);
        assertThat(features("c-2")).containsExactly(1, 5, 5, 1);
        assertThat(counted)
                .isEqualTo(Map.of(StreamMetrics.EventResult.APPLIED, 3, StreamMetrics.EventResult.DEDUPLICATED, 2));

        buy("c-1", 1);
        TestRecord<byte[], byte[]> dead = deadLetters.readRecord();
        assertThat(new String(dead.headers().lastHeader("millrace-reason").value(), UTF_8))
                .as("nothing would tell its copies from it")
                .isEqualTo("InvalidId");

        for (int i = 0; i < SeenIds.MAX; i++) {
            events.pipeInput("c-3", Purchases.identified(Purchases.json("c-3", "m-1", 1, now), "n-" + i));
        }
        assertThat(forgotten).isZero();
        events.pipeInput("c-3", Purchases.identified(Purchases.json("c-3", "m-1", 1, now), "one more"));
        assertThat(forgotten).as("said, since its copy would count").isEqualTo(1);

        // ids outlive the store's values, with the tiles
        beats = 0;
        brokerSays(events(), 0);
        position = events();
        assertThat(beat()).isNotNull();
        store.flush("2");
        for (beats = 1; beats < 20; beats++) {
            brokerSays(events(), 0);
            if (beat() != null) {
                break;
            }
        }
        assertThat(features("c-1")).containsExactly(2, 30, 20, 1);
        events.pipeInput("c-1", first);
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(features("c-1")).containsExactly(2, 30, 20, 1);
    }

    /** A killed process may leave tiles on its disk of which the changelog knows nothing, and lose the disk later. */
    @Test
    void whatOnlyTheDiskHasGetsIntoTheChangelogWhenItIsReplayed() {
        stop();
        start(config(dir, Purchases.group()).withRocksDb(new AggregatorConfig.RocksDb(8 << 20)));
        byte[] key = StoreKeys.value(Purchases.NS, Purchases.CUSTOMER, List.of("c-1"), Purchases.group())
                .getBytes(UTF_8);
        buy("c-1", 10);
        buy("c-1", 30);
        byte[] ahead =
                driver.<byte[], byte[]>getKeyValueStore(GroupDefinition.STATE).get(key);

        stop();
        start(config(dir.resolve("next"), Purchases.group()).withRocksDb(new AggregatorConfig.RocksDb(8 << 20)));
        driver.<byte[], byte[]>getKeyValueStore(GroupDefinition.STATE).put(key, ahead);
        buy("c-2", 5);
        changelog.readRecordsToList();
        buy("c-1", 30);
        assertThat(counted).containsEntry(StreamMetrics.EventResult.DUPLICATE, 1);
        assertThat(changelog.readKeyValuesToList())
                .filteredOn(entry -> entry.key.equals(new String(key, UTF_8)))
                .singleElement()
                .satisfies(entry -> assertThat(entry.value).isEqualTo(ahead));
    }

    private int events() {
        return counted.values().stream().mapToInt(n -> n).sum();
    }

    @Test
    void whatABatchHasPassedIsCounted() {
        long now = START.toEpochMilli();
        events.pipeInput("c-1", Purchases.json("c-1", "m-1", 1, now));
        batchEndMs.set(now);
        events.pipeInput("c-1", Purchases.json("c-1", "m-1", 1, now));
        events.pipeInput("c-1", Purchases.json("c-1", "m-1", 1, now - 1));
        events.pipeInput("c-1", Purchases.json("c-1", "m-1", 1, now - 600_001));
        assertThat(counted).containsEntry(StreamMetrics.EventResult.APPLIED, 3);
        assertThat(beforeBatch).as("not the one that is too late anyway").isEqualTo(1);
    }

    @Test
    void aMalformedEventKeepsItsBytesAndHeadersInTheDeadLetterTopic() {
        TestRecord<String, String> bad = new TestRecord<>("c-1", "{\"customer_id\":7.5}", START);
        bad.headers().add("trace", "abc".getBytes(UTF_8));
        events.pipeInput(bad);
        buy("c-1", 10);
        TestRecord<byte[], byte[]> dead = deadLetters.readRecord();
        assertThat(new String(dead.value(), UTF_8)).isEqualTo("{\"customer_id\":7.5}");
        assertThat(new String(dead.key(), UTF_8)).isEqualTo("c-1");
        assertThat(dead.headers().toArray())
                .extracting(h -> h.key() + "=" + new String(h.value(), UTF_8))
                .contains(
                        "trace=abc",
                        "millrace-reason=FilterError",
                        "millrace-topic=purchases",
                        "millrace-partition=0",
                        "millrace-offset=0")
                .anyMatch(header -> header.startsWith("millrace-error=filter status == 'OK'"));
        assertThat(sink.drain(PATIENCE)).isTrue();
        assertThat(features("c-1")).containsExactly(1, 10, 10, 1);
        assertThat(counted).containsEntry(StreamMetrics.EventResult.DEAD_LETTER, 1);
    }

    @Test
    void aHeartbeatTellsLagAndVouchesOnlyWithFreshNewsOfTheBroker() {
        buy("c-1", 10);
        buy("c-1", 10);
        assertThat(beat()).as("no news of the broker yet").isNull();
        beats = 1;
        brokerSays(2, 100);
        Heartbeat complete = Objects.requireNonNull(beat());
        assertThat(complete.lagRecords()).isZero();
        assertThat(complete.lastOffset()).isEqualTo(1);
        assertThat(complete.epoch()).isEqualTo(3);
        assertThat(complete.partitions()).isEqualTo(1);
        assertThat(complete.streamTimeMs()).isEqualTo(START.toEpochMilli());
        assertThat(complete.caughtUpAtMs()).isEqualTo(START.toEpochMilli() + 100);
        beats = 2;
        brokerSays(7, 0);
        Heartbeat behind = Objects.requireNonNull(beat());
        assertThat(behind.lagRecords()).isEqualTo(5);
        assertThat(behind.caughtUpAtMs()).isEqualTo(complete.caughtUpAtMs());
        beats = 3;
        brokerSays(7, 10_000);
        assertThat(beat()).as("a broker that is gone vouches for nothing").isNull();
    }

    @Test
    void anEmptiedStoreIsFilledBeforeTheNextHeartbeat() {
        for (int i = 0; i < 50; i++) {
            buy("c-" + i, i);
        }
        beats = 0;
        brokerSays(50, 0);
        assertThat(beat()).isNotNull();
        store.flush("2");
        // the first one only finds out; then values; then heartbeats again
        int silent = 0;
        for (beats = 1; beats < 20; beats++) {
            brokerSays(50, 0);
            if (beat() != null) {
                break;
            }
            silent++;
        }
        assertThat(silent).as("beats without a heartbeat").isBetween(1, 10);
        assertThat(store.values.keySet())
                .filteredOn(key -> key.startsWith("mr1:"))
                .hasSize(50);
        assertThat(features("c-49")).containsExactly(1, 49, 49, 1);
        assertThat(Objects.requireNonNull(views.get(0)).isRehydrating()).isFalse();
    }
}
