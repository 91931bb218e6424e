package dev.millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.contract.store.StoreKeys;
import dev.millrace.devkit.broker.EmbeddedBroker;
import dev.millrace.devkit.store.EmbeddedStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** A broker, a store and somebody who buys things, for tests of the whole process. */
final class Bench implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(120);
    static final int PARTITIONS = 2;
    private static final TileLayout LAYOUT = TileLayout.of(Purchases.group());

    private final EmbeddedBroker.Options options;
    EmbeddedBroker broker;
    final Oracle oracle = new Oracle();
    private final KafkaProducer<String, String> producer;
    private final Random random = new Random(7);
    private final @Nullable String storePassword;
    private EmbeddedStore store;
    private boolean scatter;
    private boolean repeats;
    private double zipf;
    private int sent;

    Bench() {
        this(
                EmbeddedBroker.Options.defaults()
                        // how often it looks for transactions that nobody ends
                        .withExtra(Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500")),
                null);
    }

    /** @param storePassword null = none */
    Bench(EmbeddedBroker.Options options, @Nullable String storePassword) {
        this(options, storePassword, PARTITIONS);
    }

    /** @param partitions 0 = the topic is the caller's to create */
    Bench(EmbeddedBroker.Options options, @Nullable String storePassword, int partitions) {
        this.options = options;
        this.storePassword = storePassword;
        broker = EmbeddedBroker.start(
                options, partitions == 0 ? List.of() : List.of(new EmbeddedBroker.Topic(Purchases.TOPIC, partitions)));
        store = EmbeddedStore.start(0, storePassword);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", "1", "acks", "all"),
                new StringSerializer(),
                new StringSerializer());
    }

    /** Every revision reads the topic from its beginning, and so has the same oracle. */
    AggregatorConfig config(Path stateDir, String revision) {
        FeatureGroup group = Purchases.group(revision, "status == 'OK'");
        return Purchases.config(
                broker.bootstrapServers(),
                store.address(),
                stateDir,
                1,
                repeats ? Purchases.deduplicated(group, "event_id", 600_000) : group);
    }

    /** The same, with events that are re-keyed. */
    AggregatorConfig rekeyed(Path stateDir, String revision) {
        return Purchases.config(
                broker.bootstrapServers(),
                store.address(),
                stateDir,
                1,
                Purchases.of("json", Purchases.TOPIC, revision, "Auto"));
    }

    /** From now on each fiftieth event is the one before it, sent again by its producer, and groups look for that. */
    void repeat() {
        repeats = true;
    }

    /** From now on customers buy as often as Zipf's law says. */
    void skew(double exponent) {
        zipf = exponent;
    }

    private int rank(int customers) {
        double all = 0;
        for (int i = 1; i <= customers; i++) {
            all += Math.pow(i, -zipf);
        }
        double at = random.nextDouble() * all;
        int rank = 1;
        for (double sum = 1; sum < at && rank < customers; rank++) {
            sum += Math.pow(rank + 1.0, -zipf);
        }
        return rank;
    }

    /** Sends events whose key is not their entity's, so that every customer's are in all partitions. */
    void scattered(int events, int customers) {
        scatter = true;
        try {
            purchases(events, customers);
        } finally {
            scatter = false;
        }
    }

    Jedis jedis() {
        // longer than any pause that a test makes
        Jedis jedis = new Jedis("127.0.0.1", store.port(), 30_000);
        if (storePassword != null) {
            jedis.auth(storePassword);
        }
        return jedis;
    }

    EmbeddedStore store() {
        return store;
    }

    /** Ends the broker; what it has is kept. Its options name folder and port. */
    void stopBroker() {
        broker.close();
    }

    /** The same broker once more. */
    void startBroker() {
        broker = EmbeddedBroker.start(options, List.of());
    }

    /** Ends the store's process: what it held is gone. */
    void killStore() {
        store.close();
    }

    /** Another one, empty, on the same port. */
    void restartStore() {
        store = EmbeddedStore.start(store.port(), storePassword);
    }

    /** Sends events of {@code customers} customers, remembered by the oracle. */
    void purchases(int events, int customers) {
        long now = System.currentTimeMillis();
        String customer = "";
        String event = "";
        for (int i = 0; i < events; i++) {
            if (repeats && i % 50 == 49) {
                send(scatter ? "k-" + i : customer, event);
                continue;
            }
            customer = "c-" + (zipf == 0 ? random.nextInt(customers) : rank(customers));
            String merchant = "m-" + random.nextInt(8);
            double amount = random.nextInt(100_000) / 100.0;
            event = Purchases.identified(Purchases.json(customer, merchant, amount, now), "e-" + sent++);
            send(scatter ? "k-" + i : customer, event);
            oracle.add(customer, merchant, amount);
        }
        producer.flush();
    }

    /** Sends anything. */
    void send(@Nullable String key, String value) {
        send(Purchases.TOPIC, key, value);
    }

    void send(String topic, @Nullable String key, String value) {
        producer.send(new ProducerRecord<>(topic, key, value));
    }

    void flush() {
        producer.flush();
    }

    /** Features of a customer as a server would read them; null when there is no value. */
    double @Nullable [] read(Jedis jedis, String revision, String customer) {
        byte[] value = jedis.get(
                StoreKeys.value(Purchases.NS, Purchases.CUSTOMER, List.of(customer), Purchases.group(revision, null))
                        .getBytes(StandardCharsets.UTF_8));
        double[] out = new double[LAYOUT.width()];
        return value != null && new TileReader(LAYOUT).read(value, System.currentTimeMillis(), out, 0) ? out : null;
    }

    /** Version of a customer's value, 0 when there is none; see {@code TileState.version}. */
    long version(Jedis jedis, String revision, String customer) {
        byte[] value = jedis.get(
                StoreKeys.value(Purchases.NS, Purchases.CUSTOMER, List.of(customer), Purchases.group(revision, null))
                        .getBytes(StandardCharsets.UTF_8));
        return value == null ? 0 : ByteBuffer.wrap(value).getLong();
    }

    /** Sum of the group's committed offsets in the topic of the events. */
    long committed(String revision) throws Exception {
        try (Admin admin = broker.admin()) {
            return admin
                    .listConsumerGroupOffsets("payments-fraud-purchases-" + revision)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .entrySet()
                    .stream()
                    .filter(entry -> entry.getKey().topic().equals(Purchases.TOPIC))
                    .mapToLong(entry -> entry.getValue().offset())
                    .sum();
        }
    }

    @Nullable
    Heartbeat heartbeat(Jedis jedis, String revision, int partition) {
        String text = jedis.get(StoreKeys.heartbeat(Purchases.NS, Purchases.group(revision, null), partition));
        return text == null ? null : Heartbeat.decode(text);
    }

    /** Waits until every customer's value is the oracle's, and says how long that took. */
    void awaitOracle(String revision, String what) {
        long start = System.nanoTime();
        try (Jedis jedis = jedis()) {
            await(what)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .ignoreException(JedisException.class)
                    .untilAsserted(() -> assertThat(wrong(jedis, revision)).isEmpty());
        }
        System.out.printf(
                "%s: %d customers equal the oracle after %d ms%n",
                what, oracle.customers().size(), (System.nanoTime() - start) / 1_000_000);
    }

    /** Customers whose value is not the oracle's, with what it is. */
    List<String> wrong(Jedis jedis, String revision) {
        List<String> wrong = new ArrayList<>();
        oracle.customers().forEach((customer, sums) -> {
            double[] expected = sums.vector();
            double[] found = read(jedis, revision, customer);
            boolean same = found != null;
            for (int i = 0; found != null && i < expected.length; i++) {
                same &= Math.abs(found[i] - expected[i]) < 1e-6;
            }
            if (!same) {
                wrong.add(customer + " has " + Arrays.toString(found) + " not " + Arrays.toString(expected));
            }
        });
        return wrong;
    }

    /** Waits for heartbeats of all partitions, later than now, that vouch for everything. */
    void awaitCaughtUp(String revision) {
        long since = System.currentTimeMillis();
        try (Jedis jedis = jedis()) {
            await("heartbeats without lag").atMost(PATIENCE).until(() -> {
                boolean all = true;
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    Heartbeat h = heartbeat(jedis, revision, partition);
                    all &= h != null && h.lagRecords() == 0 && h.caughtUpAtMs() > since;
                }
                return all;
            });
        }
    }

    /** Everything in a topic, once there are {@code count} records. */
    List<ConsumerRecord<byte[], byte[]>> records(String topic, int count) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            await("records of " + topic).atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(found::add);
                return found.size() >= count;
            });
        }
        return found;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        store.close();
        broker.close();
    }
}
