package dev.millrace.aggregator.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.EventHeaders;
import dev.millrace.aggregator.event.RejectReason;
import dev.millrace.aggregator.event.RejectedEventException;
import dev.millrace.aggregator.sink.HeartbeatWrite;
import dev.millrace.aggregator.sink.StoreIdentity;
import dev.millrace.aggregator.stream.StreamMetrics.EventResult;
import dev.millrace.contract.store.Heartbeat;
import dev.millrace.contract.store.StoreKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of a group: reads its events, keeps its entities' tiles, hands values to the sink and malformed events to
 * the dead letter topic, and says five times a second how far it is. Used by its stream thread only.
 *
 * <p>A duplicate is handed to the sink again: after a crash the state is ahead of the committed offsets, and the value
 * that belongs to it may have died in the queue. State on disk may even be ahead of its changelog.
 */
final class TileTask {
    private static final Logger LOG = LoggerFactory.getLogger(TileTask.class);
    /** Older news of the partition's end vouch for nothing; without heartbeats the server sees the age of the last. */
    private static final long MAX_SAMPLE_AGE_MS = 1_500;

    private final GroupDefinition definition;
    private final StreamContext shared;
    private final ThreadLink link;
    private final ProcessorContext<byte[], byte[]> context;
    private final KeyValueStore<byte[], byte[]> state;
    private final TopicPartition partition;
    private final String heartbeatKey;
    private final String epochField;
    private final Watermark watermark = new Watermark();
    /** Of events that were re-keyed; null when the topic itself is keyed. */
    private final @Nullable SourceMarks marks;

    private TaskMark mark;
    private @Nullable Rehydration rehydration;
    private long lastOffset = -1;
    private long streamTimeMs;

    TileTask(
            GroupDefinition definition,
            StreamContext shared,
            ThreadLink link,
            ProcessorContext<byte[], byte[]> context) {
        this.definition = definition;
        this.shared = shared;
        this.link = link;
        this.context = context;
        this.state = context.getStateStore(GroupDefinition.STATE);
        this.partition =
                new TopicPartition(definition.keyedTopic(), context.taskId().partition());
        this.heartbeatKey = StoreKeys.heartbeat(definition.ns(), definition.group(), partition.partition());
        this.epochField = "epoch:" + definition.revisionName();
        this.marks = definition.rekeyed() ? new SourceMarks(shared.partitions()) : null;
        this.mark = begin();
        writeOvertakenAgain();
        shared.sampled().add(partition);
        link.assigned(partition);
        view(0, 1);
    }

    /** Finds out what the restored state is worth. */
    private TaskMark begin() {
        TaskMark known = TaskMark.decode(state.get(TaskMark.KEY));
        if (known != null && known.topicId().equals(shared.topicId())) {
            return known;
        }
        int epoch = shared.freshEpoch();
        if (known != null) {
            LOG.warn("{} was created anew: its state is cleared, values get a new epoch", partition.topic());
            clear();
            if (!definition.rekeyed()) {
                // whoever still read while the topic was replaced has committed offsets in the new one
                link.readAgain(partition);
            }
            epoch = Math.max(epoch, known.epoch() + 1);
        }
        TaskMark fresh = new TaskMark(shared.topicId(), epoch, "");
        state.put(TaskMark.KEY, fresh.encode());
        return fresh;
    }

    /** So that the changelog ends with the newest state of each, whatever the broker's compaction leaves of the rest. */
    private void writeOvertakenAgain() {
        List<byte[]> keys = shared.overtaken().take(partition.partition());
        for (byte[] key : keys) {
            byte[] newest = state.get(key);
            if (newest != null) {
                state.put(key, newest);
            }
            shared.metrics().stateOvertaken();
        }
        if (!keys.isEmpty()) {
            LOG.warn(
                    "{}: {} older states stood behind newer ones in the changelog, as an aggregator leaves them that stood"
                            + " still; the newer ones count",
                    partition,
                    keys.size());
        }
    }

    private void clear() {
        List<byte[]> keys = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> all = state.all()) {
            all.forEachRemaining(entry -> keys.add(entry.key));
        }
        keys.forEach(state::delete);
    }

    void process(Record<byte[], byte[]> record) {
        RecordMetadata source = context.recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record of a topic has its place"));
        long now = context.currentSystemTimeMs();
        if (marks != null && SourceMark.isKey(record.key())) {
            marks.add(SourceMark.decode(record.key(), record.value()));
            lastOffset = source.offset();
            return;
        }
        try {
            Event event = definition.reader().read(record.value(), headers(record), record.timestamp(), now);
            shared.metrics()
                    .event(event == null ? EventResult.FILTERED : apply(event, source, record.timestamp(), now));
        } catch (RejectedEventException e) {
            context.forward(
                    definition.rekeyed()
                            ? DeadLetters.ofRekeyed(record, e)
                            : DeadLetters.of(record, source.topic(), source.partition(), source.offset(), e),
                    GroupTopology.DEAD_LETTERS);
            shared.metrics().event(EventResult.DEAD_LETTER);
        }
        lastOffset = source.offset();
    }

    static EventHeaders headers(Record<byte[], byte[]> record) {
        return visitor -> {
            for (Header header : record.headers()) {
                visitor.accept(header.key(), header.value());
            }
        };
    }

    private EventResult apply(Event event, RecordMetadata source, long appendMs, long now)
            throws RejectedEventException {
        byte[] key = event.storeKey().getBytes(UTF_8);
        EntityState entity = EntityState.of(definition, state.get(key));
        EventResult outcome;
        byte[] after;
        byte[] value;
        try {
            outcome = entity.apply(source.partition(), source.offset(), event);
            after = entity.encode();
            value = definition.stored(entity.tiles().toValue(mark.epoch(), now, source.partition()));
        } catch (RuntimeException e) {
            // the state is as it was: only this event is to blame
            LOG.error("event at {}-{} offset {}", source.topic(), source.partition(), source.offset(), e);
            throw new RejectedEventException(RejectReason.PROCESSING_ERROR, String.valueOf(e));
        }
        if (outcome == EventResult.DEDUPLICATED) {
            return outcome;
        }
        // what a killed process left on its disk may not have got into the changelog: written once more, it does
        if (outcome != EventResult.DUPLICATE || state.persistent()) {
            state.put(key, after);
        }
        if (outcome != EventResult.LATE) {
            link.sink().offer(event.storeKey(), value, definition.group().ttlMs(), appendMs);
            streamTimeMs = Math.max(streamTimeMs, event.eventTimeMs());
        }
        if (outcome == EventResult.APPLIED
                && event.eventTimeMs() < shared.batchEndMs().get()) {
            shared.metrics().lateBeforeBatch();
        }
        if (entity.forgot()) {
            shared.metrics().idForgotten();
        }
        return outcome;
    }

    /** The wall-clock punctuator. */
    void beat(long nowMs) {
        StoreIdentity store = link.sink().identity();
        boolean complete = store != null && isHydrated(store.encode(), nowMs);
        EndOffsets.Sample end = shared.endOffsets().latest(partition);
        OptionalLong position = position();
        long lag = 0;
        if (end != null && position.isPresent()) {
            watermark.advance(end, position.getAsLong());
            lag = watermark.lag(position.getAsLong()) + (marks == null ? 0 : marks.lagRecords());
        }
        Rehydration running = rehydration;
        view(lag, running == null ? 1 : running.share());
        // no heartbeat is better than one that vouches for values that are not there, or for a broker that is gone
        if (complete && end != null && position.isPresent() && nowMs - end.atMs() < MAX_SAMPLE_AGE_MS) {
            Heartbeat heartbeat = new Heartbeat(
                    lag, lastOffset, streamTimeMs, caughtUpAtMs(), nowMs, mark.epoch(), shared.partitions());
            link.sink().heartbeat(new HeartbeatWrite(heartbeatKey, heartbeat.encode(), epochField, mark.epoch()));
        }
    }

    /** Offset after the last record that was processed; transaction markers count as processed. */
    private OptionalLong position() {
        return lastOffset >= link.lastDelivered(partition) ? link.position(partition) : OptionalLong.of(lastOffset + 1);
    }

    private boolean isHydrated(String store, long nowMs) {
        if (mark.hydrated().equals(store)) {
            return true;
        }
        if (mark.hydrated().isEmpty()) {
            // a new task: all of its values are in this sink or behind it
            hydrated(store);
            return true;
        }
        Rehydration running = rehydration;
        if (running == null || !running.target().equals(store)) {
            if (running != null) {
                running.close();
            }
            LOG.info("{}: the store has lost its values, writing {} again", partition, state.approximateNumEntries());
            running = new Rehydration(definition, state, link.sink(), store, mark.epoch(), partition.partition());
            rehydration = running;
        }
        long perBeat = Math.max(
                1,
                shared.tuning().rehydrateKeysPerSecond()
                        * shared.tuning().heartbeat().toMillis()
                        / 1_000);
        if (!running.step((int) perBeat, nowMs)) {
            return false;
        }
        LOG.info("{}: the store has all values again", partition);
        rehydration = null;
        hydrated(store);
        return true;
    }

    private void hydrated(String store) {
        mark = mark.hydratedTo(store);
        state.put(TaskMark.KEY, mark.encode());
    }

    /** An event that was not re-keyed yet is not in the internal topic's end either, so there the marks count. */
    private long caughtUpAtMs() {
        return marks == null ? watermark.caughtUpAtMs() : marks.caughtUpAtMs();
    }

    private void view(long lag, double rehydrated) {
        shared.views()
                .put(partition.partition(), new PartitionView(partition.partition(), lag, caughtUpAtMs(), rehydrated));
    }

    void close() {
        shared.views().remove(partition.partition());
        shared.sampled().remove(partition);
        if (rehydration != null) {
            rehydration.close();
        }
    }
}
