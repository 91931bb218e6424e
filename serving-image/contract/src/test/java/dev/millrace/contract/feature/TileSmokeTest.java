package dev.millrace.contract.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TileSmokeTest {
    @Test
    void countsSumsAndForgets() {
        FeatureGroup g = new FeatureGroup(
                "p",
                "c",
                "7f3a",
                new FeatureGroup.Stream("t", "json", "ts", "ms", 5000, 600_000, null, "d"),
                null,
                List.of(
                        new Aggregation("count_5m", "count", null, 300_000, Map.of(), "0"),
                        new Aggregation("sum_1h", "sum", "amount", 3_600_000, Map.of(), "0"),
                        new Aggregation("m_5m", "approx_count_distinct", "merchant", 300_000, Map.of(), "0"),
                        new Aggregation("last", "last_n", "amount", 3_600_000, Map.of("n", "3"), "-1")),
                List.of(),
                1L,
                null,
                null,
                null,
                "Default",
                "Serve");
        TileLayout l = TileLayout.of(g);
        TileState s = TileState.empty(l);
        long t = 1_700_000_000_000L;
        for (int i = 0; i < 10; i++) {
            int v = i;
            EventColumns e = new EventColumns() {
                @Override
                public double number(int column) {
                    return v;
                }

                @Override
                public long hash(int column) {
                    return ValueHash.of(v % 3);
                }

                @Override
                public boolean isNull(int column) {
                    return false;
                }
            };
            assertThat(s.apply(0, i, t + i * 1000, e)).isEqualTo(TileState.Outcome.APPLIED);
            assertThat(s.apply(0, i, t + i * 1000, e)).isEqualTo(TileState.Outcome.DUPLICATE);
        }
        s = TileState.decode(l, s.encode());
        byte[] value = s.toValue(3, t, 7);
        double[] out = new double[l.width()];
        TileReader r = new TileReader(l);
        assertThat(r.read(value, t + 9000, out, 0)).isTrue();
        assertThat(out).containsExactly(10, 45, 3, 9, 8, 7);
        assertThat(r.read(value, t + 400_000, out, 0)).isTrue();
        assertThat(out).containsExactly(0, 45, 0, 9, 8, 7);
        assertThat(r.read(value, t + 4_000_000, out, 0)).isTrue();
        assertThat(out).containsExactly(0, 0, 0, -1, -1, -1);
    }
}
