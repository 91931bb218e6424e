package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.sink.StoreSink;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The main consumer of a stream thread, with three rules added.
 *
 * <ul>
 *   <li>No offset is committed before the store has acknowledged every value of the records below it. Kafka Streams has
 *       no public hook between the last {@code process()} and the commit (since KAFKA-9450 state is flushed after it), so
 *       the commit itself is where the store is waited for. When it does not answer in time the commit fails with a
 *       {@link TimeoutException}, which Streams takes as "later".
 *   <li>While the sink is full, polls keep the membership alive but fetch nothing: a store that is down for an hour costs
 *       no rebalance and no memory. What Streams had buffered (at most {@code buffered.records.per.partition}) may still
 *       come.
 *   <li>A partition whose next record has a schema that nobody knows yet stands still before it: the record and what follows
 *       are not handed to Streams, and fetched again once the schema is known. The other partitions go on.
 * </ul>
 *
 * A proxy and not a class, because the interface has sixty methods of which four matter here.
 */
final class BarrierConsumer implements InvocationHandler, ThreadLink {
    /** Longest wait inside a poll: the thread's punctuators must go on. */
    private static final Duration ROOM = Duration.ofMillis(50);

    private final Consumer<byte[], byte[]> delegate;
    private final StoreSink sink;
    private final Tuning tuning;
    private final RecordGate gate;
    /** Partitions that stand still, and the schema that each waits for; replaced, never changed. */
    private volatile Map<TopicPartition, Integer> waiting = Map.of();

    private final BusyShare busy = new BusyShare();
    private final Map<TopicPartition, Long> lastDelivered = new HashMap<>();

    BarrierConsumer(Consumer<byte[], byte[]> delegate, StoreSink sink, Tuning tuning, RecordGate gate) {
        this.delegate = delegate;
        this.sink = sink;
        this.tuning = tuning;
        this.gate = gate;
    }

    @SuppressWarnings("unchecked")
    Consumer<byte[], byte[]> proxy() {
        return (Consumer<byte[], byte[]>)
                Proxy.newProxyInstance(Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
        switch (method.getName()) {
            case "commitSync", "commitAsync" -> barrier();
            case "poll" -> {
                if (args != null && args[0] instanceof Duration timeout) {
                    return poll(timeout);
                }
            }
            case "close" -> sink.close();
            default -> {}
        }
        try {
            return method.invoke(delegate, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /**
     * Waits for the store.
     *
     * @throws TimeoutException when it does not answer in time
     */
    void barrier() {
        if (tuning.barrier() && !sink.drain(tuning.drainBound())) {
            throw new TimeoutException("offsets are not committed: the store has not acknowledged " + sink.depth()
                    + " values within " + tuning.drainBound() + " (" + sink.trouble() + ")");
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        boolean room = sink.hasRoom() || sink.awaitRoom(ROOM);
        Set<TopicPartition> without = room ? waiting() : delegate.assignment();
        // a store that takes no more is work too
        long start = System.nanoTime();
        ConsumerRecords<byte[], byte[]> polled = pollWithout(without, timeout);
        busy.polled(start, System.nanoTime());
        ConsumerRecords<byte[], byte[]> records = readable(polled);
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> of = records.records(partition);
            lastDelivered.put(partition, of.get(of.size() - 1).offset());
        }
        return records;
    }

    /** Those that still have to; what is known by now, or somebody else's, is forgotten. */
    private Set<TopicPartition> waiting() {
        if (waiting.isEmpty()) {
            return Set.of();
        }
        Map<TopicPartition, Integer> still = new HashMap<>(waiting);
        still.keySet().retainAll(delegate.assignment());
        still.values().removeIf(gate::isKnown);
        waiting = Map.copyOf(still);
        return still.keySet();
    }

    /** Leaves out what follows a record that cannot be read yet, the record too, and remembers to fetch it again. */
    private ConsumerRecords<byte[], byte[]> readable(ConsumerRecords<byte[], byte[]> records) {
        Map<TopicPartition, Integer> blocked = new HashMap<>();
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> kept = new LinkedHashMap<>();
        Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>(records.nextOffsets());
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> of = records.records(partition);
            int readable = 0;
            int missing = -1;
            while (readable < of.size() && missing < 0) {
                missing = gate.missingSchema(of.get(readable).value());
                readable += missing < 0 ? 1 : 0;
            }
            if (missing >= 0) {
                ConsumerRecord<byte[], byte[]> first = of.get(readable);
                delegate.seek(partition, first.offset());
                next.put(partition, new OffsetAndMetadata(first.offset(), first.leaderEpoch(), ""));
                blocked.put(partition, missing);
            }
            if (readable > 0) {
                kept.put(partition, of.subList(0, readable));
            }
        }
        if (blocked.isEmpty()) {
            return records;
        }
        blocked.putAll(waiting);
        waiting = Map.copyOf(blocked);
        return new ConsumerRecords<>(kept, next);
    }

    private ConsumerRecords<byte[], byte[]> pollWithout(Set<TopicPartition> partitions, Duration timeout) {
        if (partitions.isEmpty()) {
            return delegate.poll(timeout);
        }
        Set<TopicPartition> paused = new HashSet<>(partitions);
        paused.removeAll(delegate.paused());
        delegate.pause(paused);
        try {
            return delegate.poll(timeout);
        } finally {
            paused.retainAll(delegate.assignment());
            delegate.resume(paused);
        }
    }

    /** Partitions that stand still, and the id of the schema that each waits for. For any thread. */
    Map<TopicPartition, Integer> standing() {
        return waiting;
    }

    /** Share of its time that the thread works; NaN = not known yet. For any thread. */
    double busy() {
        return busy.value();
    }

    @Override
    public StoreSink sink() {
        return sink;
    }

    @Override
    public OptionalLong position(TopicPartition partition) {
        try {
            return OptionalLong.of(delegate.position(partition, Duration.ZERO));
        } catch (TimeoutException | IllegalStateException e) {
            return OptionalLong.empty(); // not known yet, or not ours any more
        }
    }

    @Override
    public long lastDelivered(TopicPartition partition) {
        return lastDelivered.getOrDefault(partition, -1L);
    }

    @Override
    public void readAgain(TopicPartition partition) {
        delegate.seekToBeginning(List.of(partition));
        lastDelivered.remove(partition);
    }

    @Override
    public void assigned(TopicPartition partition) {
        lastDelivered.remove(partition);
    }
}
