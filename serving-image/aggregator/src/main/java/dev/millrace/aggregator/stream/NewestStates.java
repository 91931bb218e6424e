package dev.millrace.aggregator.stream;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.RecordBatchingStateRestoreCallback;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * A state store that is restored to the newest state of each entity, not to the last one of the changelog.
 *
 * <p>They differ when an aggregator stands still for longer than its session, as in a long pause for garbage: another one takes
 * its partitions over, goes on, and writes newer states. The first one wakes up and writes what it still had in memory behind
 * them, before it learns that it is out: with at-least-once nobody keeps it from that. Whoever restores the last record of each
 * key then goes back behind offsets that are committed, and the events between are lost for ever. Both have read the same
 * events in the same order, so the state that counted more is right, whoever wrote it and wherever it stands.
 */
final class NewestStates extends WrappedStateStore<KeyValueStore<Bytes, byte[]>, Bytes, byte[]>
        implements KeyValueStore<Bytes, byte[]> {
    private final GroupDefinition definition;
    private final OvertakenStates overtaken;

    private NewestStates(KeyValueStore<Bytes, byte[]> store, GroupDefinition definition, OvertakenStates overtaken) {
        super(store);
        this.definition = definition;
        this.overtaken = overtaken;
    }

    /** @param overtaken told of each key whose newest state is not its last */
    static KeyValueBytesStoreSupplier of(
            KeyValueBytesStoreSupplier stores, GroupDefinition definition, OvertakenStates overtaken) {
        return new KeyValueBytesStoreSupplier() {
            @Override
            public String name() {
                return stores.name();
            }

            @Override
            public KeyValueStore<Bytes, byte[]> get() {
                return new NewestStates(stores.get(), definition, overtaken);
            }

            @Override
            public String metricsScope() {
                return stores.metricsScope();
            }
        };
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        super.init(registering(context), root);
    }

    /** A context that puts {@link #newest} before whatever the store registers to restore itself with. */
    private StateStoreContext registering(StateStoreContext context) {
        int partition = context.taskId().partition();
        return (StateStoreContext) Proxy.newProxyInstance(
                context.getClass().getClassLoader(), interfaces(context.getClass()), (proxy, method, args) -> {
                    if (method.getName().equals("register")
                            && args[1] instanceof RecordBatchingStateRestoreCallback callback) {
                        args[1] = (RecordBatchingStateRestoreCallback)
                                records -> callback.restoreBatch(newest(partition, records));
                    }
                    try {
                        return method.invoke(context, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private static Class<?>[] interfaces(Class<?> of) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> c = of; c != null; c = c.getSuperclass()) {
            all.addAll(List.of(c.getInterfaces()));
        }
        return all.toArray(Class<?>[]::new);
    }

    private Collection<ConsumerRecord<byte[], byte[]>> newest(
            int partition, Collection<ConsumerRecord<byte[], byte[]>> records) {
        List<ConsumerRecord<byte[], byte[]>> kept = new ArrayList<>(records.size());
        Map<Bytes, byte[]> latest = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Bytes key = Bytes.wrap(record.key());
            if (record.value() != null && !TaskMark.isKey(record.key())) {
                byte[] known =
                        latest.containsKey(key) ? latest.get(key) : wrapped().get(key);
                if (known != null && EntityState.isBehind(definition, record.value(), known)) {
                    overtaken.add(partition, key);
                    continue;
                }
                overtaken.settle(partition, key);
            }
            latest.put(key, record.value());
            kept.add(record);
        }
        return kept;
    }

    @Override
    public void put(Bytes key, byte[] value) {
        wrapped().put(key, value);
    }

    @Override
    public byte[] putIfAbsent(Bytes key, byte[] value) {
        return wrapped().putIfAbsent(key, value);
    }

    @Override
    public void putAll(List<KeyValue<Bytes, byte[]>> entries) {
        wrapped().putAll(entries);
    }

    @Override
    public byte[] delete(Bytes key) {
        return wrapped().delete(key);
    }

    @Override
    public byte[] get(Bytes key) {
        return wrapped().get(key);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> range(Bytes from, Bytes to) {
        return wrapped().range(from, to);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> reverseRange(Bytes from, Bytes to) {
        return wrapped().reverseRange(from, to);
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> all() {
        return wrapped().all();
    }

    @Override
    public KeyValueIterator<Bytes, byte[]> reverseAll() {
        return wrapped().reverseAll();
    }

    @Override
    public <S extends Serializer<P>, P> KeyValueIterator<Bytes, byte[]> prefixScan(P prefix, S serializer) {
        return wrapped().prefixScan(prefix, serializer);
    }

    @Override
    public long approximateNumEntries() {
        return wrapped().approximateNumEntries();
    }
}
