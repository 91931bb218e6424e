package dev.millrace.aggregator.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.ColumnCodec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowCodecTest {
    private static final FeatureGroup GROUP = new FeatureGroup(
            "profile",
            "customer",
            "ab12",
            null,
            new FeatureGroup.Batch("unused", "csv", "at"),
            List.of(),
            List.of(new Column("spend", "FP64", "0"), new Column("vip", "BOOL", "0")),
            1_000,
            null,
            null,
            null,
            "Default",
            "Serve");

    private final RowCodec codec =
            new RowCodec("n.m", new Entity("customer", List.of(new Entity.EntityKey("id", "INT64"))), GROUP, "at");

    private RowCodec.Encoded encode(@Nullable String... row) {
        return codec.encode(row, 0, 5, 6);
    }

    @Test
    void inAStoreOfFeastsARowBecomesItsFields() {
        FeatureGroup group = new FeatureGroup(
                GROUP.name(),
                GROUP.entity(),
                GROUP.revision(),
                null,
                GROUP.batch(),
                List.of(),
                GROUP.columns(),
                1_000,
                null,
                null,
                null,
                "Default",
                "Serve",
                null,
                new FeatureGroup.Feast("shop", "profile_v2", List.of("cust"), null));
        Entity customer = new Entity("customer", List.of(new Entity.EntityKey("id", "INT64")));
        FeastView view = FeastView.of(group, customer);
        RowCodec.Encoded row = new RowCodec("n.m", customer, group, "at")
                .encode(new String[] {"0017", "2.5", "", "2026-11-25"}, 0, 5, 6);
        assertThat(FeastView.key(row.key())).isEqualTo(view.key(List.of("17")));
        List<byte[]> arguments = view.arguments(row.value());
        assertThat(view.read(Arrays.asList(arguments.get(4), arguments.get(6), arguments.get(8), arguments.get(1)))
                        .values())
                .containsExactly(2.5, Double.NaN);
        assertThat(arguments.get(8))
                .as("the row's time")
                .isEqualTo(HexFormat.of().parseHex("0880ca98d806"));
    }

    @Test
    void columnsAreKeysThenFeaturesThenTime() {
        assertThat(codec.columns()).containsExactly("id", "spend", "vip", "at");
    }

    @Test
    void aRowBecomesAKeyAndAValue() {
        RowCodec.Encoded row = encode("0017", "2.5", "true", "2026-11-25");
        assertThat(row.key()).isEqualTo("mr1:{n.m:customer:17}:profile.ab12");
        double[] out = new double[2];
        assertThat(ColumnCodec.of(GROUP).decode(row.value(), out, 0)).isTrue();
        assertThat(out).containsExactly(2.5, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-25, 1795564800000",
        "2026-11-25 09:46:40, 1795600000000",
        "2026-11-25T09:46:40.5, 1795600000500",
        "2026-11-25T09:46:40Z, 1795600000000",
        "2026-11-25 10:46:40+01, 1795600000000",
        "2026-11-25T10:46:40+01:00, 1795600000000",
        "1795600000, 1795600000000",
        "1795600000000, 1795600000000",
        "1795600000000000, 1795600000000",
        "1795600000000000000, 1795600000000"
    })
    void timesAreReadAsPeopleWriteThem(String text, long expected) {
        assertThat(encode("1", "1", "0", text).timeMs()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1, 0, 1795600000, id",
        "x, 1, 0, 1795600000, id",
        "1, much, 0, 1795600000, spend",
        "1, 1e999, 0, 1795600000, spend",
        "1, 1, 2, 1795600000, vip",
        "1, 1, 0, soon, at",
        "1, 1, 0, '', at"
    })
    void whatDoesNotFitNamesItsColumn(String id, String spend, String vip, String at, String column) {
        assertThatThrownBy(() -> encode(id, spend, vip, at))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(column);
    }
}
