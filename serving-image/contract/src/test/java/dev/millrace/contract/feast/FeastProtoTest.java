package dev.millrace.contract.feast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.feast.FeastProto.Content;
import dev.millrace.contract.feast.FeastProto.Type;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeastProtoTest {
    private static final long SEED = 20261128;

    private final double[] out = new double[1];

    private Content read(byte[] bytes) {
        return FeastProto.read(bytes, out, 0);
    }

    @Test
    void everyNumberReadsBackAsItWas() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            double any = Double.longBitsToDouble(random.nextLong());
            assertReads(Type.DOUBLE, any);
            assertReads(Type.FLOAT, Float.intBitsToFloat(random.nextInt()));
            assertReads(Type.INT32, random.nextInt());
            assertReads(Type.INT64, random.nextLong() >> 10 >> random.nextInt(54));
            assertReads(Type.BOOL, random.nextInt(2));
            // a count whose default is no whole number
            assertReads(Type.INT64, random.nextInt() / 8.0);
        }
        assertReads(Type.INT64, 0x1p53);
        assertReads(Type.INT64, -0x1p53);
        assertReads(Type.INT64, 0x1p60);
        assertReads(Type.INT32, Integer.MIN_VALUE);
    }

    private void assertReads(Type type, double value) {
        Content content = read(FeastProto.value(type, value));
        assertThat(content).as("%s %s", type, value).isEqualTo(Double.isNaN(value) ? Content.NULL : Content.NUMBER);
        assertThat(out[0]).as("%s %s", type, value).isEqualTo(Double.valueOf(value));
    }

    @Test
    void everyTimeReadsBackAsItWas() {
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            long ms = random.nextLong(-62_135_596_800_000L, 253_402_300_800_000L);
            assertThat(FeastProto.timeMs(FeastProto.timestamp(ms))).isEqualTo(ms);
        }
        assertThat(FeastProto.timeMs(new byte[0])).isZero();
    }

    @Test
    void whatIsNoNumberIsUnreadable() {
        for (String hex : new String[] {
            "12025553", // a text
            "7a12090000000000000040", // a list that is cut off
            "7a09090000000000000040", // a list
            "20ffffffffffffffff7f", // a whole number that no double holds
            "2080", // cut off
            "2900000000", // cut off
            "20ffffffffffffffffffff01", // too long
            "08", // nothing after the tag
            "0b0c" // a group
        }) {
            assertThat(read(HexFormat.of().parseHex(hex))).as(hex).isEqualTo(Content.UNREADABLE);
            assertThat(out[0]).as(hex).isNaN();
        }
        assertThat(read(HexFormat.of().parseHex("980100"))).isEqualTo(Content.NULL);
    }

    @Test
    void timesBeyondTheCalendarAreUnreadable() {
        for (String hex :
                new String[] {"08ffffffffffffffff7f", "1080a8d6b907", "10ffffffffffffffffff01", "0a00", "088f"}) {
            assertThat(FeastProto.timeMs(HexFormat.of().parseHex(hex))).as(hex).isEqualTo(FeastProto.NO_TIME);
        }
    }

    @Test
    void anyBytesAreReadToTheirEndOrRefused() {
        Random random = new Random(SEED);
        int numbers = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            Content content = read(bytes);
            numbers += content == Content.NUMBER ? 1 : 0;
            assertThat(Double.isNaN(out[0])).isEqualTo(content != Content.NUMBER);
            FeastProto.timeMs(bytes);
            // a flipped bit in a good value
            byte[] good = FeastProto.value(Type.values()[random.nextInt(5)], random.nextInt(1_000));
            good[random.nextInt(good.length)] ^= (byte) (1 << random.nextInt(8));
            read(good);
        }
        assertThat(numbers).isPositive();
    }

    @Test
    void hashesAreThoseOfOthers() {
        // of Guava's murmur3_32_fixed and of Python's mmh3
        assertThat(Murmur3.hash(new byte[0])).isZero();
        assertThat(Murmur3.hash("a".getBytes(StandardCharsets.UTF_8))).isEqualTo(0x3c2569b2);
        assertThat(Murmur3.hash("hello".getBytes(StandardCharsets.UTF_8))).isEqualTo(0x248bfa47);
        assertThat(Murmur3.hash("hello, world".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(0x149bbb7f);
        assertThat(Murmur3.hash("The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(0x2e4ff723);
    }
}
