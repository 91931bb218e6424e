package dev.millrace.server.features;

import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileState;

/** Values like those of a busy entity, so that the warm-up decodes what it will have to decode. */
final class SampleValues {
    /** Events at 1, 2, 4, ... 2^24 s before now, about half a year: some in each window. */
    private static final int EVENTS = 25;

    private SampleValues() {}

    static byte[] tiles(TileLayout layout, long nowMs) {
        TileState state = TileState.empty(layout);
        for (int i = 0; i < EVENTS; i++) {
            // the oldest first: what is older than the newest by more than the lateness would not count
            state.apply(0, i, nowMs - (1_000L << (EVENTS - 1 - i)), event(i));
        }
        return state.toValue(0, nowMs, 0);
    }

    static byte[] columns(ColumnCodec codec, long nowMs) {
        double[] values = new double[codec.width()];
        java.util.Arrays.fill(values, 1);
        return codec.encode(0, nowMs, nowMs, nowMs, values);
    }

    private static EventColumns event(int i) {
        return new EventColumns() {
            @Override
            public double number(int column) {
                return i;
            }

            @Override
            public long hash(int column) {
                return i;
            }

            @Override
            public boolean isNull(int column) {
                return false;
            }
        };
    }
}
