package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.aggregator.sink.StoreSink;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Writes all values of a task's state to a store that has lost them, a bounded number at a time, while the stream goes
 * on. Done when the store has acknowledged the last.
 */
final class Rehydration implements AutoCloseable {
    private final GroupDefinition definition;
    private final KeyValueStore<byte[], byte[]> state;
    private final StoreSink sink;
    private final String target;
    private final long total;
    private final int epoch;
    private final int partition;
    private @Nullable KeyValueIterator<byte[], byte[]> entries;
    private long done;
    private long ticket;

    /** @param target encoded identity of the store that is filled */
    Rehydration(
            GroupDefinition definition,
            KeyValueStore<byte[], byte[]> state,
            StoreSink sink,
            String target,
            int epoch,
            int partition) {
        this.definition = definition;
        this.state = state;
        this.sink = sink;
        this.target = target;
        this.epoch = epoch;
        this.partition = partition;
        this.total = Math.max(1, state.approximateNumEntries());
        this.entries = state.all();
    }

    String target() {
        return target;
    }

    /** Goes on with at most {@code keys}; true when the store has everything. */
    boolean step(int keys, long nowMs) {
        KeyValueIterator<byte[], byte[]> iterator = entries;
        if (iterator == null) {
            return sink.isAcknowledged(ticket);
        }
        int left = keys;
        while (left > 0 && sink.hasRoom() && iterator.hasNext()) {
            KeyValue<byte[], byte[]> entry = iterator.next();
            if (!TaskMark.isKey(entry.key)) {
                // the state of now, not of the iterator's snapshot: an older value must not follow a newer one
                byte[] current = state.get(entry.key);
                if (current != null) {
                    byte[] value = definition.stored(
                            EntityState.of(definition, current).tiles().toValue(epoch, nowMs, partition));
                    sink.offerAgain(
                            new String(entry.key, UTF_8),
                            value,
                            definition.group().ttlMs());
                }
            }
            done++;
            left--;
        }
        if (!iterator.hasNext()) {
            close();
            ticket = sink.ticket();
        }
        return false;
    }

    /** 0 to just below 1. */
    double share() {
        return Math.min(0.99, (double) done / total);
    }

    @Override
    public void close() {
        KeyValueIterator<byte[], byte[]> iterator = entries;
        entries = null;
        if (iterator != null) {
            iterator.close();
        }
    }
}
