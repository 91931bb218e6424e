package dev.millrace.contract.feast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.Entity.EntityKey;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Feast's own serializer made of these. */
class GoldenVectorsTest {
    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static double read(String value) {
        double[] out = new double[1];
        assertThat(FeastProto.read(HexFormat.of().parseHex(value), out, 0)).isEqualTo(FeastProto.Content.NUMBER);
        return out[0];
    }

    @Test
    void keyOfOneNumber() {
        FeastKey key = new FeastKey("fraud", List.of("user_id"), List.of(new EntityKey("user_id", "INT64")));
        assertThat(hex(key.of(List.of("1001"))))
                .isEqualTo("010000000200000007000000757365725f69640400000008000000e9030000000000006672617564");
    }

    @Test
    void keyOfTwoIsSortedByName() {
        FeastKey key = new FeastKey(
                "fraud",
                List.of("user_id", "merchant_id"),
                List.of(new EntityKey("user", "INT64"), new EntityKey("merchant", "STRING")));
        assertThat(hex(key.of(List.of("1001", "m7"))))
                .isEqualTo("02000000020000000b0000006d65726368616e745f69640200000007000000757365725f69640200000002"
                        + "0000006d370400000008000000e9030000000000006672617564");
    }

    @Test
    void fieldOfAFeature() {
        assertThat(hex(FeastView.field("user_txn_stats:txn_count_1h"))).isEqualTo("22fac24a");
    }

    @Test
    void valuesAreWrittenAsFeastWritesThem() {
        assertThat(hex(FeastProto.value(FeastProto.Type.INT64, 17))).isEqualTo("2011");
        assertThat(hex(FeastProto.value(FeastProto.Type.DOUBLE, 0.5))).isEqualTo("29000000000000e03f");
        assertThat(hex(FeastProto.value(FeastProto.Type.FLOAT, 0.5))).isEqualTo("350000003f");
        assertThat(hex(FeastProto.value(FeastProto.Type.BOOL, 1))).isEqualTo("3801");
        assertThat(hex(FeastProto.value(FeastProto.Type.INT64, Double.NaN))).isEmpty();
        assertThat(hex(FeastProto.timestamp(
                        Instant.parse("2026-01-01T00:00:00.123Z").toEpochMilli())))
                .isEqualTo("0880f2d6ca0610c0a9d33a");
    }

    @Test
    void valuesOfFeastsAreRead() {
        assertThat(read("2011")).isEqualTo(17);
        assertThat(read("29000000000000e03f")).isEqualTo(0.5);
        assertThat(read("350000003f")).isEqualTo(0.5);
        assertThat(read("3801")).isEqualTo(1);
        assertThat(FeastProto.read(new byte[0], new double[1], 0)).isEqualTo(FeastProto.Content.NULL);
        assertThat(FeastProto.read(HexFormat.of().parseHex("12025553"), new double[1], 0))
                .isEqualTo(FeastProto.Content.UNREADABLE);
        assertThat(FeastProto.timeMs(HexFormat.of().parseHex("0880f2d6ca0610c0a9d33a")))
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z").toEpochMilli());
    }
}
