package dev.millrace.contract.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup.Column;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnCodecTest {
    private static final List<String> TYPES = List.of(
            "BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP16", "FP32", "FP64");
    private static final ColumnCodec ALL = codec(TYPES);

    private static ColumnCodec codec(List<String> types) {
        List<Column> columns = new ArrayList<>();
        for (String type : types) {
            columns.add(new Column("c_" + type, type, type.equals("FP64") ? null : "7"));
        }
        return ColumnCodec.of(Groups.batch(columns));
    }

    @Property
    void whatIsEncodedIsDecoded(
            @ForAll boolean bool,
            @ForAll byte i8,
            @ForAll short i16,
            @ForAll int i32,
            @ForAll long i64,
            @ForAll float fp32,
            @ForAll double fp64,
            @ForAll @Size(12) List<Boolean> nulls) {
        double whole = i64 >> 11;
        double[] values = {
            bool ? 1 : 0,
            i8,
            i16,
            i32,
            whole,
            i8 & 0xff,
            i16 & 0xffff,
            i32 & 0xffff_ffffL,
            Math.abs(whole),
            i16 / 8f,
            fp32,
            fp64
        };
        double[] expected = values.clone();
        for (int i = 0; i < nulls.size(); i++) {
            if (nulls.get(i)) {
                values[i] = Double.NaN;
                expected[i] = ALL.defaults()[i];
            }
        }
        byte[] b = ALL.encode(3, 1_000, 2_000, 3_000, values);
        double[] out = new double[14];
        assertThat(ALL.decode(b, out, 1)).isTrue();
        for (int i = 0; i < expected.length; i++) {
            assertThat(Double.valueOf(out[i + 1])).as(ALL.features().get(i)).isEqualTo(Double.valueOf(expected[i]));
        }
        assertThat(out[0]).isZero();
        assertThat(out[13]).isZero();
        assertThat(ValueHeader.of(b))
                .isEqualTo(new ValueHeader(
                        3, 1_000, 2_000, 3_000, ALL.schemaHash(), ValueHeader.NULL_MAP | ValueHeader.COMPLETE, 0, 0));
    }

    @Test
    void aLaterRunWinsAndAnEpochWinsOverIt() {
        ColumnCodec codec = codec(List.of("FP32"));
        double[] one = {1};
        long early = Bytes.i64(codec.encode(1, 1_000, 9_000, 0, one), 0);
        long later = Bytes.i64(codec.encode(1, 1_001, 8_000, 0, one), 0);
        long epoch = Bytes.i64(codec.encode(2, 1, 1, 0, one), 0);
        assertThat(early).isLessThan(later);
        assertThat(later).isLessThan(epoch);
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL, 2",
        "INT8, 128",
        "INT32, 1.5",
        "INT32, 3e9",
        "UINT8, -1",
        "INT64, 1e18",
        "FP32, 1e39",
        "FP64, Infinity",
        "FP16, 70000"
    })
    void aValueThatDoesNotFitNamesItsColumn(String type, double value) {
        ColumnCodec codec = codec(List.of(type));
        assertThatThrownBy(() -> codec.encode(0, 0, 0, 0, new double[] {value}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("c_" + type)
                .hasMessageContaining(type);
    }

    @Test
    void columnsThatCannotBeNumbersAreRefused() {
        assertThatThrownBy(() -> codec(List.of("BYTES")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.groups[profile].columns[c_BYTES].datatype");
        assertThatThrownBy(() -> codec(List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.groups[profile].columns");
        assertThatThrownBy(() -> codec(List.of("FP32", "FP32")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("taken twice");
        assertThatThrownBy(() -> ColumnCodec.of(Groups.batch(List.of(new Column("a", "FP32", "x")))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("columns[a].default");
    }

    @Test
    void anotherSchemaIsMissing() {
        byte[] b = codec(List.of("FP32")).encode(0, 0, 0, 0, new double[] {1});
        assertThat(codec(List.of("INT32")).decode(b, new double[1], 0)).isFalse();
    }

    @Test
    void defaultsAreNumbersOrNothing() {
        assertThat(codec(List.of("FP32", "FP64")).defaults()).containsExactly(7, Double.NaN);
        assertThat(ALL.width()).isEqualTo(TYPES.size());
    }
}
