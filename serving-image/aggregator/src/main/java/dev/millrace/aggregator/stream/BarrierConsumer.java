package dev.millrace.aggregator.stream;

import dev.millrace.aggregator.sink.StoreSink;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The main consumer of a stream thread, with two rules added.
 *
 * <ul>
 *   <li>No offset is committed before the store has acknowledged every value of the records below it. Kafka Streams has
 *       no public hook between the last {@code process()} and the commit (since KAFKA-9450 state is flushed after it), so
 *       the commit itself is where the store is waited for. When it does not answer in time the commit fails with a
 *       {@link TimeoutException}, which Streams takes as "later".
 *   <li>While the sink is full, polls keep the membership alive but fetch nothing: a store that is down for an hour costs
 *       no rebalance and no memory. What Streams had buffered (at most {@code buffered.records.per.partition}) may still
 *       come.
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
    private final Map<TopicPartition, Long> lastDelivered = new HashMap<>();

    BarrierConsumer(Consumer<byte[], byte[]> delegate, StoreSink sink, Tuning tuning) {
        this.delegate = delegate;
        this.sink = sink;
        this.tuning = tuning;
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

    private void barrier() {
        if (tuning.barrier() && !sink.drain(tuning.drainBound())) {
            throw new TimeoutException("offsets are not committed: the store has not acknowledged " + sink.depth()
                    + " values within " + tuning.drainBound() + " (" + sink.trouble() + ")");
        }
    }

    private ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        ConsumerRecords<byte[], byte[]> records =
                sink.hasRoom() || sink.awaitRoom(ROOM) ? delegate.poll(timeout) : idle(timeout);
        for (TopicPartition partition : records.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> of = records.records(partition);
            lastDelivered.put(partition, of.get(of.size() - 1).offset());
        }
        return records;
    }

    private ConsumerRecords<byte[], byte[]> idle(Duration timeout) {
        Set<TopicPartition> paused = new HashSet<>(delegate.assignment());
        paused.removeAll(delegate.paused());
        delegate.pause(paused);
        try {
            return delegate.poll(timeout);
        } finally {
            paused.retainAll(delegate.assignment());
            delegate.resume(paused);
        }
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
    public void assigned(TopicPartition partition) {
        lastDelivered.remove(partition);
    }
}
