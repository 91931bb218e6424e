package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.sink.StoreSink;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives every stream thread a sink of its own and a main consumer that commits behind it. The consumer owns the sink:
 * both end together.
 */
final class BarrierClientSupplier implements KafkaClientSupplier {
    private static final String CONSUMER_SUFFIX = "-consumer";
    private static final String PRODUCER_SUFFIX = "-producer";

    private final Function<String, StoreSink> sinks;
    private final Tuning tuning;
    private final RecordGate gate;
    private final Map<String, BarrierConsumer> byThread = new ConcurrentHashMap<>();

    /** @param sinks starts a sink with this name */
    BarrierClientSupplier(Function<String, StoreSink> sinks, Tuning tuning, RecordGate gate) {
        this.sinks = sinks;
        this.tuning = tuning;
        this.gate = gate;
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        String clientId = String.valueOf(config.get(ConsumerConfig.CLIENT_ID_CONFIG));
        // Streams names its clients after the thread that uses them
        String thread = clientId.endsWith(CONSUMER_SUFFIX)
                ? clientId.substring(0, clientId.length() - CONSUMER_SUFFIX.length())
                : clientId;
        Consumer<byte[], byte[]> consumer = plainConsumer(config);
        BarrierConsumer barrier = new BarrierConsumer(consumer, sinks.apply(thread + "-sink"), tuning, gate);
        byThread.put(thread, barrier);
        return barrier.proxy();
    }

    /** The link of the calling stream thread. */
    ThreadLink current() {
        String thread = Thread.currentThread().getName();
        BarrierConsumer barrier = byThread.get(thread);
        if (barrier == null) {
            throw new IllegalStateException("no consumer was made for thread " + thread);
        }
        return barrier;
    }

    /** What is wrong with the store for any of the threads; null while all is well. */
    @Nullable
    String storeTrouble() {
        return byThread.values().stream()
                .map(link -> link.sink().trouble())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Partitions of all threads that stand still, and the id of the schema that each waits for. */
    Map<TopicPartition, Integer> standing() {
        Map<TopicPartition, Integer> all = new HashMap<>();
        byThread.values().forEach(link -> all.putAll(link.standing()));
        return all;
    }

    /** How busy the busiest thread is, in per cent; null = not known yet. */
    @Nullable
    Integer busyPercent() {
        OptionalDouble most = byThread.values().stream()
                .mapToDouble(BarrierConsumer::busy)
                .filter(share -> !Double.isNaN(share))
                .max();
        return most.isPresent() ? Integer.valueOf((int) Math.round(100 * most.getAsDouble())) : null;
    }

    /** Values that wait in all sinks. */
    int depth() {
        return byThread.values().stream().mapToInt(link -> link.sink().depth()).sum();
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return Admin.create(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Producer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        String clientId = String.valueOf(config.get(ProducerConfig.CLIENT_ID_CONFIG));
        return config.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG) && clientId.endsWith(PRODUCER_SUFFIX)
                ? behindTheStore(producer, clientId.substring(0, clientId.length() - PRODUCER_SUFFIX.length()))
                : producer;
    }

    /** With exactly-once the offsets are committed here, and so the store is waited for here. */
    @SuppressWarnings("unchecked")
    private Producer<byte[], byte[]> behindTheStore(Producer<byte[], byte[]> producer, String thread) {
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, args) -> {
                    BarrierConsumer consumer =
                            method.getName().equals("sendOffsetsToTransaction") ? byThread.get(thread) : null;
                    if (consumer != null) {
                        consumer.barrier();
                    }
                    try {
                        return method.invoke(producer, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return plainConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return plainConsumer(config);
    }

    private static Consumer<byte[], byte[]> plainConsumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
