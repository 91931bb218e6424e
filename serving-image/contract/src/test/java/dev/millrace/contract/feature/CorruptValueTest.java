package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.feature.Groups.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Whatever bytes the store gives back: a read may call them missing, it may not throw. */
class CorruptValueTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final TileLayout LAYOUT = layout();
    private static final TileReader READER = new TileReader(LAYOUT);
    private static final ColumnCodec CODEC =
            ColumnCodec.of(Groups.batch(List.of(new Column("a", "FP32", "0"), new Column("b", "BOOL", null))));

    private static TileLayout layout() {
        List<Aggregation> all = new ArrayList<>();
        for (AggregationFunction f : AggregationFunction.values()) {
            all.add(Groups.aggregation(f + "_1m", f.specName(), "amount", MINUTE));
            all.add(Groups.aggregation(f + "_1h", f.specName(), "amount", HOUR));
        }
        return TileLayout.of(Groups.stream(all));
    }

    private static TileState state(int events) {
        TileState s = TileState.empty(LAYOUT);
        for (int i = 0; i < events; i++) {
            // a quarter in tiles of their own, the rest within the newest, so that its sketch becomes registers
            long time = NOW + Math.min(i, events / 4) * MINUTE;
            s.apply(0, i, time, new Event(0, i * 1.5, "m").columns(LAYOUT));
        }
        return s;
    }

    @Property(tries = 2000)
    void flippedBits(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] value = state(random.nextInt(200)).toValue(1, NOW, 0);
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            // the beginning of a level steers the read: hit it more often
            int at = random.nextBoolean() ? random.nextInt(value.length) : random.nextInt(Math.min(60, value.length));
            value[at] ^= (byte) (1 << random.nextInt(8));
        }
        read(value, random);
    }

    @Property(tries = 500)
    void noiseBehindAGoodHeader(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] value = Arrays.copyOf(state(1).toValue(1, NOW, 0), 32 + random.nextInt(300));
        for (int i = 32; i < value.length; i++) {
            value[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(3));
        }
        read(value, random);
    }

    private static void read(byte[] value, Random random) {
        double[] out = new double[LAYOUT.width()];
        READER.read(value, NOW + 50 * MINUTE, out, 0);
        READER.read(value, NOW + random.nextInt(4_000_000), out, 0);
        READER.read(value, random.nextLong(), out, 0);
        ValueHeader header = ValueHeader.of(value);
        assertThat(header).isNotNull();
    }

    @Property(tries = 500)
    void aFlippedBitInAStateIsAnAnswerOrOneKindOfException(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = state(random.nextInt(60)).encode();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        try {
            TileState.decode(LAYOUT, bytes);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("state");
        }
    }

    @Test
    void everyTruncationAndExtensionIsFound() {
        TileLayout lanesOnly = TileLayout.of(Groups.stream(List.of(Groups.aggregation("s", "sum", "amount", HOUR))));
        TileState few = TileState.empty(lanesOnly);
        few.apply(0, 1, NOW, new Event(0, 1, "m").columns(lanesOnly));
        assertOnlyTheWholeIsRead(lanesOnly, few.toValue(1, NOW, 0));
        // sets and lists, then registers
        assertOnlyTheWholeIsRead(LAYOUT, state(20).toValue(1, NOW, 0));
        assertOnlyTheWholeIsRead(LAYOUT, state(150).toValue(1, NOW, 0));
    }

    private static void assertOnlyTheWholeIsRead(TileLayout layout, byte[] value) {
        TileReader reader = new TileReader(layout);
        double[] out = new double[layout.width()];
        long now = NOW + 40 * MINUTE;
        assertThat(reader.read(value, now, out, 0)).isTrue();
        for (int length = 0; length < value.length; length++) {
            assertThat(reader.read(Arrays.copyOf(value, length), now, out, 0)).isFalse();
        }
        assertThat(reader.read(Arrays.copyOf(value, value.length + 1), now, out, 0))
                .isFalse();
    }

    @Test
    void moreThanThereMayBeIsFound() {
        Ir distinct = new Ir(Ir.Kind.DISTINCT, 0, 4);
        Ir list = new Ir(Ir.Kind.LAST_N, 0, 3);
        byte[] b = new byte[100];
        b[1] = 4;
        assertThat(TileCell.length(distinct, b, 0)).isEqualTo(2 + 4 * 4);
        b[1] = 5;
        assertThat(TileCell.length(distinct, b, 0)).isEqualTo(-1);
        b[0] = 3;
        assertThat(TileCell.length(list, b, 0)).isEqualTo(1 + 3 * 12);
        b[0] = 4;
        assertThat(TileCell.length(list, b, 0)).isEqualTo(-1);

        TileLevel level = new TileLevel(5_000, 3, List.of(new Ir(Ir.Kind.COUNT, Ir.EVERY_EVENT, 0)));
        b[0] = 0;
        b[1] = 3;
        assertThat(TileBody.end(level, b, 0)).isEqualTo(10 + 3 * (2 + 4));
        b[1] = 4;
        assertThat(TileBody.end(level, b, 0)).isEqualTo(-1);
    }

    @Test
    void anotherSchemaAndAnotherKindAreMissing() {
        byte[] value = state(10).toValue(1, NOW, 0);
        double[] out = new double[LAYOUT.width()];
        TileLayout other = TileLayout.of(Groups.stream(List.of(Groups.aggregation("c", "count", null, HOUR))));
        assertThat(new TileReader(other).read(value, NOW, out, 0)).isFalse();
        assertThat(CODEC.decode(value, out, 0)).isFalse();
        value[28] = 0;
        assertThat(READER.read(value, NOW, out, 0)).isFalse();
    }

    @Property(tries = 500)
    void columnsNeverThrow(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] value = CODEC.encode(1, NOW, NOW, NOW, new double[] {1.5, 1});
        value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
        byte[] cut = Arrays.copyOf(value, random.nextInt(value.length));
        double[] out = new double[2];
        CODEC.decode(value, out, 0);
        assertThat(CODEC.decode(cut, out, 0)).isFalse();
        assertThat(ValueHeader.of(Arrays.copyOf(value, 31))).isNull();
    }

    @Test
    void versionsThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> ValueHeader.version(0x10000, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ValueHeader.version(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ValueHeader.version(0, 1L << 48)).isInstanceOf(IllegalArgumentException.class);
        assertThat(ValueHeader.version(0xffff, (1L << 48) - 1)).isEqualTo(-1L);
    }
}
