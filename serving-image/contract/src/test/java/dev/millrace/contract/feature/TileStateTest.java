package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.DAY;
import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static dev.millrace.contract.feature.Groups.aggregation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.Groups.Event;
import dev.millrace.contract.feature.TileState.Outcome;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TileStateTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final TileLayout FRAUD = TileLayout.of(Groups.stream(List.of(
            aggregation("count_5m", "count", null, 5 * MINUTE),
            aggregation("count_1h", "count", null, HOUR),
            aggregation("count_1d", "count", null, DAY),
            aggregation("sum_5m", "sum", "amount", 5 * MINUTE),
            aggregation("sum_1h", "sum", "amount", HOUR),
            aggregation("sum_1d", "sum", "amount", DAY),
            aggregation("avg_1h", "avg", "amount", HOUR),
            aggregation("avg_1d", "avg", "amount", DAY),
            aggregation("merchants_5m", "approx_count_distinct", "merchant", 5 * MINUTE),
            aggregation("merchants_1h", "approx_count_distinct", "merchant", HOUR),
            aggregation("merchants_1d", "approx_count_distinct", "merchant", DAY),
            aggregation("max_1d", "max", "amount", DAY))));

    @Test
    void anOffsetCountsOncePerPartition() {
        TileState s = TileState.empty(FRAUD);
        assertThat(apply(s, 0, 7, NOW)).isEqualTo(Outcome.APPLIED);
        assertThat(apply(s, 0, 7, NOW)).isEqualTo(Outcome.DUPLICATE);
        assertThat(apply(s, 0, 3, NOW)).isEqualTo(Outcome.DUPLICATE);
        assertThat(apply(s, 5, 3, NOW)).isEqualTo(Outcome.APPLIED);
        s = TileState.decode(FRAUD, s.encode());
        assertThat(apply(s, 5, 3, NOW)).isEqualTo(Outcome.DUPLICATE);
        assertThat(apply(s, 0, 7, NOW)).isEqualTo(Outcome.DUPLICATE);
        assertThat(apply(s, 0, 8, NOW)).isEqualTo(Outcome.APPLIED);
        assertThat(s.seq()).isEqualTo(3);
        assertThat(read(s, NOW)[0]).isEqualTo(3);
    }

    @Test
    void latenessIsBoundedByTheGroupAndByItsWindows() {
        TileState s = TileState.empty(FRAUD);
        apply(s, 0, 1, NOW);
        assertThat(apply(s, 0, 2, NOW - Groups.LATENESS)).isEqualTo(Outcome.APPLIED);
        assertThat(apply(s, 0, 3, NOW - Groups.LATENESS - 1)).isEqualTo(Outcome.TOO_LATE);
        assertThat(apply(s, 0, 3, NOW)).as("its offset is remembered").isEqualTo(Outcome.DUPLICATE);
        assertThat(s.eventTimeMaxMs()).isEqualTo(NOW);
        // counted where the window still reaches, not where it does not
        assertThat(read(s, NOW)).startsWith(1, 2, 2);

        FeatureGroup short1 = new FeatureGroup(
                "g",
                "e",
                "0",
                new FeatureGroup.Stream("t", "json", null, "ms", 0, DAY, null, "dlq"),
                null,
                List.of(aggregation("c", "count", null, MINUTE)),
                List.of(),
                1,
                null,
                null,
                null,
                "Default",
                "Serve");
        TileLayout layout = TileLayout.of(short1);
        TileState t = TileState.empty(layout);
        long aligned = 5_000 * (NOW / 5_000);
        EventColumns event = new Event(0, 1, "m").columns(layout);
        assertThat(t.apply(0, 1, aligned, event)).isEqualTo(Outcome.APPLIED);
        assertThat(t.apply(0, 2, aligned - MINUTE, event)).isEqualTo(Outcome.APPLIED);
        assertThat(t.apply(0, 3, aligned - MINUTE - 1, event)).isEqualTo(Outcome.TOO_LATE);
        assertThat(t.seq()).isEqualTo(2);
    }

    @Property(tries = 100)
    void theVersionRisesWithEveryEventAndTheEpochWins(
            @ForAll @IntRange(max = 0xfffe) int epoch, @ForAll @IntRange(max = 20) int events) {
        TileState s = TileState.empty(FRAUD);
        for (int i = 0; i < events; i++) {
            long before = s.version(epoch);
            apply(s, 0, i, NOW + i);
            assertThat(Long.compareUnsigned(s.version(epoch), before)).isPositive();
        }
        assertThat(Long.compareUnsigned(TileState.empty(FRAUD).version(epoch + 1), s.version(epoch)))
                .isPositive();
        ValueHeader h = ValueHeader.of(s.toValue(epoch, 123, 0xffff));
        assertThat(h)
                .isEqualTo(new ValueHeader(
                        epoch, events, s.eventTimeMaxMs(), 123, FRAUD.schemaHash(), ValueHeader.TILES, 6, 0xffff));
    }

    @Test
    void whatIsNotAFiniteNumberIsNull() {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(
                aggregation("all", "count", null, HOUR),
                aggregation("sum", "sum", "amount", HOUR),
                aggregation("avg", "avg", "amount", HOUR),
                aggregation("max", "max", "amount", HOUR),
                aggregation("sd", "stddev", "amount", HOUR),
                aggregation("last", "last", "amount", HOUR),
                aggregation("n", "last_n", "amount", HOUR))));
        TileState s = TileState.empty(layout);
        double[] amounts = {2, Double.NaN, 4, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (int i = 0; i < amounts.length; i++) {
            double amount = amounts[i];
            EventColumns claimsNoNull = new EventColumns() {
                @Override
                public double number(int column) {
                    return amount;
                }

                @Override
                public long hash(int column) {
                    return ValueHash.of(amount);
                }

                @Override
                public boolean isNull(int column) {
                    return false;
                }
            };
            assertThat(s.apply(0, i, NOW + i, claimsNoNull)).isEqualTo(Outcome.APPLIED);
        }
        double[] out = new double[layout.width()];
        assertThat(new TileReader(layout).read(s.toValue(0, NOW, 0), NOW, out, 0))
                .isTrue();
        assertThat(out).containsExactly(5, 6, 3, 4, Math.sqrt(2), 4, 4, 2, -1);
    }

    @Test
    void aNullIsNeitherCountedNorDistinctNorNewest() {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(
                aggregation("events", "count", null, HOUR),
                aggregation("present", "count", "amount", HOUR),
                aggregation("distinct", "approx_count_distinct", "amount", HOUR),
                aggregation("since", "time_since_last", "amount", HOUR))));
        TileState s = TileState.empty(layout);
        s.apply(0, 1, NOW, new Event(0, 5, "m").columns(layout));
        s.apply(0, 2, NOW + 3_000, new Event(0, Double.NaN, "m").columns(layout));
        double[] out = new double[layout.width()];
        assertThat(new TileReader(layout).read(s.toValue(0, NOW, 0), NOW + 10_000, out, 0))
                .isTrue();
        assertThat(out).containsExactly(2, 1, 1, 10);
    }

    @Test
    void aQuietEntityIsSmall() {
        TileState s = TileState.empty(FRAUD);
        assertThat(s.toValue(0, NOW, 0)).hasSize(32 + 6 * 2);
        for (int i = 0; i < 3; i++) {
            apply(s, 0, i, NOW + i * MINUTE);
        }
        assertThat(s.toValue(0, NOW, 0).length).isLessThan(350);
        for (int i = 3; i < 2000; i++) {
            apply(s, 0, i, NOW + i * 15_000L);
        }
        assertThat(s.toValue(0, NOW, 0).length).as("busy all day").isLessThan(4096);
    }

    @Test
    void aStateOfAnotherRevisionOrCutShortIsRefused() {
        TileState s = TileState.empty(FRAUD);
        apply(s, 0, 1, NOW);
        byte[] state = s.encode();
        TileLayout other = TileLayout.of(Groups.stream(List.of(aggregation("c", "count", null, HOUR))));
        assertThatThrownBy(() -> TileState.decode(other, state)).isInstanceOf(IllegalArgumentException.class);
        for (int length = 0; length < state.length; length++) {
            byte[] cut = Arrays.copyOf(state, length);
            assertThatThrownBy(() -> TileState.decode(FRAUD, cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void newestValuesOfAllTilesAreKeptOnce() {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(aggregation("l", "last_n", "amount", HOUR))));
        TileState s = TileState.empty(layout);
        for (int i = 0; i < 60; i++) {
            s.apply(0, i, NOW + i * MINUTE, new Event(0, i, "m").columns(layout));
        }
        double[] out = new double[3];
        byte[] value = s.toValue(0, NOW, 0);
        assertThat(new TileReader(layout).read(value, NOW + HOUR, out, 0)).isTrue();
        assertThat(out).containsExactly(59, 58, 57);
        // 60 live tiles: index and an empty list each, three values in all
        assertThat(value).hasSize(32 + 10 + 60 * 3 + 3 * 12);
    }

    private static Outcome apply(TileState s, int partition, long offset, long time) {
        return s.apply(partition, offset, time, new Event(time, 10, "m-" + offset % 3).columns(FRAUD));
    }

    private static double[] read(TileState s, long now) {
        double[] out = new double[FRAUD.width()];
        assertThat(new TileReader(FRAUD).read(s.toValue(0, now, 0), now, out, 0))
                .isTrue();
        return out;
    }
}
