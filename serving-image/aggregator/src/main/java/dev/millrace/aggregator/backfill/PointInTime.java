package dev.millrace.aggregator.backfill;

import dev.millrace.aggregator.event.SeenIds;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.TileState;
import org.jspecify.annotations.Nullable;

/**
 * What the store would have held of one entity and one group at a time, and what a server would have read from it: the same
 * tiles, windows, codec and time to live. Pure. Events come in the order in which they became known.
 */
abstract sealed class PointInTime {
    private final long ttlMs;
    private long writtenMs;
    private boolean written;

    private PointInTime(FeatureGroup group) {
        this.ttlMs = group.ttlMs();
    }

    static PointInTime of(FeatureGroup group) {
        return group.stream() != null ? new Tiles(group) : new Columns(group);
    }

    /** Begins another entity. */
    void reset() {
        written = false;
        clear();
    }

    /**
     * @param knownMs when it was there to be read; not before the event of the call before
     * @param id see {@code Event.id}
     */
    void event(long knownMs, long timeMs, EventColumns columns, long id) {
        if (apply(timeMs, columns, id)) {
            written = true;
            writtenMs = knownMs;
        }
    }

    /** The group's features at a time; null where a server finds no value. NaN = no value and no default. */
    double @Nullable [] at(long nowMs) {
        return written && nowMs - writtenMs <= ttlMs ? read(nowMs) : null;
    }

    abstract void clear();

    /** False when it changes nothing that is stored. */
    abstract boolean apply(long timeMs, EventColumns columns, long id);

    abstract double @Nullable [] read(long nowMs);

    /** Of a stream, alone or with a batch: a hybrid value is what one stream would have stored. */
    static final class Tiles extends PointInTime {
        private final TileLayout layout;
        private final TileReader reader;
        private final long dedupMs;
        private TileState state;
        private SeenIds seen;
        private long offset;

        private Tiles(FeatureGroup group) {
            super(group);
            this.layout = TileLayout.whole(group);
            this.reader = new TileReader(layout);
            this.dedupMs = group.dedupWindowMs();
            this.state = TileState.empty(layout);
            this.seen = new SeenIds(dedupMs);
        }

        @Override
        void clear() {
            state = TileState.empty(layout);
            seen = new SeenIds(dedupMs);
        }

        @Override
        boolean apply(long timeMs, EventColumns columns, long id) {
            if (dedupMs > 0 && seen.contains(id)
                    || state.apply(0, ++offset, timeMs, columns) != TileState.Outcome.APPLIED) {
                return false;
            }
            if (dedupMs > 0) {
                seen.add(id, timeMs);
            }
            return true;
        }

        @Override
        double[] read(long nowMs) {
            double[] out = new double[layout.width()];
            if (!reader.read(state.toValue(0, nowMs, 0), nowMs, out, 0)) {
                throw new IllegalStateException("a value of this layout cannot be read");
            }
            return out;
        }
    }

    /** Of a batch alone: the latest row. */
    static final class Columns extends PointInTime {
        private final ColumnCodec codec;
        private final @Nullable Long maxAgeMs;
        private double[] values;
        private long timeMs;
        private boolean found;

        private Columns(FeatureGroup group) {
            super(group);
            this.codec = ColumnCodec.of(group);
            // older ones are served as they are, unless the group says otherwise
            this.maxAgeMs = group.onStale().equals("Default") ? group.maxAgeMs() : null;
            this.values = new double[codec.width()];
        }

        @Override
        void clear() {
            found = false;
        }

        @Override
        boolean apply(long ms, EventColumns columns, long id) {
            if (found && ms < timeMs) {
                return false;
            }
            found = true;
            timeMs = ms;
            for (int i = 0; i < values.length; i++) {
                values[i] = columns.isNull(i) ? Double.NaN : columns.number(i);
            }
            return true;
        }

        @Override
        double @Nullable [] read(long nowMs) {
            if (maxAgeMs != null && nowMs - timeMs > maxAgeMs) {
                return null;
            }
            double[] out = new double[codec.width()];
            return codec.decode(codec.encode(0, timeMs, timeMs, nowMs, values), out, 0) ? out : null;
        }
    }
}
