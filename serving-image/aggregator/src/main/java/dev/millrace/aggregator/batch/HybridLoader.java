package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.event.Event;
import dev.millrace.aggregator.event.EventReader;
import dev.millrace.aggregator.event.RejectedEventException;
import dev.millrace.aggregator.event.SeenIds;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads the batch of a hybrid group: its files hold the events of the stream, older and complete. All events before the end
 * of the run, which is the newest event in the files, become tiles in a value beside the stream's. The values of one run have
 * one end; it is on record once all of them are written.
 */
final class HybridLoader {
    private static final int PIPELINE = 500;
    private static final long PROGRESS_NANOS = Duration.ofSeconds(2).toNanos();
    /** Rejected rows that are told one by one. */
    private static final int TOLD = 10;

    private final FeatureGroup group;
    private final String timestampField;
    private final TileLayout layout;
    private final EventReader reader;
    private final BatchStore store;
    private final int epoch;
    private final long startMs;
    private final Consumer<String> out;
    private final List<StoreWrite> waiting = new ArrayList<>(PIPELINE);

    private long endMs = Long.MIN_VALUE;
    private @Nullable String key;
    private final long dedupMs;
    private TileState state;
    private SeenIds seen;
    private long events;
    private long values;
    private long superseded;
    private long rejected;
    private String firstRejection = "";
    private long toldAt = System.nanoTime();

    /**
     * @param layout of whole windows
     * @param startMs the run's version; events that are younger than it are rejected
     * @param out takes progress lines
     */
    HybridLoader(
            FeatureGroup group,
            String timestampField,
            TileLayout layout,
            EventReader reader,
            BatchStore store,
            int epoch,
            long startMs,
            Consumer<String> out) {
        this.group = group;
        this.timestampField = timestampField;
        this.layout = layout;
        this.reader = reader;
        this.store = store;
        this.epoch = epoch;
        this.startMs = startMs;
        this.out = out;
        this.dedupMs = group.dedupWindowMs();
        this.state = TileState.empty(layout);
        this.seen = new SeenIds(dedupMs);
    }

    /** @throws SourceException when no row could be used */
    void load(EventRows rows) throws SourceException, StoreUnavailableException {
        // its end stands in every value, so it must be known before the first one
        rows.times(text -> {
            try {
                long ms = RowCodec.time(timestampField, text);
                if (ms <= startMs) {
                    endMs = Math.max(endMs, ms);
                }
            } catch (IllegalArgumentException e) {
                // told when its row is read
            }
        });
        rows.read(this::row);
        finish();
        if (!waiting.isEmpty()) {
            flush();
        }
        if (endMs == Long.MIN_VALUE || events == 0 && rejected > 0) {
            throw new SourceException("group " + group.name() + ": none of the " + rejected
                    + " rows could be used, the first: " + firstRejection);
        }
    }

    private void row(long number, Map<String, Object> fields, @Nullable String time) throws StoreUnavailableException {
        Event event;
        try {
            long ms = RowCodec.time(timestampField, time);
            if (ms > startMs) {
                throw new IllegalArgumentException("column " + timestampField + ": '" + time + "' is in the future");
            }
            event = reader.read(fields, ms, startMs);
        } catch (RejectedEventException | IllegalArgumentException e) {
            reject("row " + number + ": " + e.getMessage());
            return;
        }
        if (event == null || event.eventTimeMs() >= endMs) {
            // the filter's no; or the newest event itself, which is the stream's
            events += event == null ? 0 : 1;
            return;
        }
        if (!event.storeKey().equals(key)) {
            finish();
            key = event.storeKey();
        }
        events++;
        if (dedupMs > 0 && seen.contains(event.id())) {
            return;
        }
        if (state.apply(0, events, event.eventTimeMs(), event.columns()) == TileState.Outcome.APPLIED && dedupMs > 0) {
            seen.add(event.id(), event.eventTimeMs());
        }
    }

    /** An entity's rows are all read. */
    private void finish() throws StoreUnavailableException {
        if (key == null) {
            return;
        }
        waiting.add(new StoreWrite(
                key, state.toBatchValue(epoch, startMs, endMs, System.currentTimeMillis()), group.ttlMs()));
        values++;
        key = null;
        state = TileState.empty(layout);
        seen = new SeenIds(dedupMs);
        if (waiting.size() == PIPELINE) {
            flush();
        }
    }

    private void flush() throws StoreUnavailableException {
        superseded += store.write(waiting);
        waiting.clear();
        long now = System.nanoTime();
        if (now - toldAt > PROGRESS_NANOS) {
            toldAt = now;
            out.accept(group.name() + ": " + events + " events of " + values + " entities");
        }
    }

    private void reject(String why) {
        if (rejected++ == 0) {
            firstRejection = why;
        }
        if (rejected <= TOLD) {
            out.accept("rejected: " + why);
        } else if (rejected == TOLD + 1) {
            out.accept("rejected: more rows, no longer told one by one");
        }
    }

    /** Its rows are values, one for each entity. */
    Part.Counts counts() {
        return new Part.Counts(
                values,
                superseded,
                rejected,
                endMs == Long.MIN_VALUE ? null : Long.valueOf(endMs),
                firstRejection.isEmpty() ? null : firstRejection);
    }
}
