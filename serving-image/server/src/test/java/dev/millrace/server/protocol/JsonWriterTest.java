package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    private static byte[] written(UnaryOperator<JsonWriter> text) {
        JsonWriter json = text.apply(new JsonWriter(1));
        return Arrays.copyOf(json.array(), json.length());
    }

    private static JsonParser parsed(byte[] text) throws IOException {
        JsonParser json = JacksonInfer.FACTORY.createParser(text);
        json.nextToken();
        return json;
    }

    @Test
    void stringsReadBackAsTheyWere() throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(12); k > 0; k--) {
                text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
            }
            text.append(i % 3 == 0 ? "\ud83d\ude00" : "");
            byte[] json = written(w -> w.string(text.toString()));
            assertThat(parsed(json).getText()).isEqualTo(text.toString());
            // strictly: half a surrogate pair must not have got out
            StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(json));
        }
    }

    @Test
    void numbersReadBackAsTheyWere() throws IOException {
        Random random = new Random(8);
        for (int i = 0; i < 50_000; i++) {
            float f = i % 2 == 0 ? Float.intBitsToFloat(random.nextInt()) : random.nextInt(1 << 26) - (1 << 25);
            double d = Double.longBitsToDouble(random.nextLong());
            long n = random.nextLong() >> random.nextInt(64);
            if (Float.isFinite(f)) {
                byte[] json = written(w -> w.number(f));
                assertThat(Float.floatToRawIntBits(parsed(json).getFloatValue()))
                        .as(new String(json, StandardCharsets.UTF_8))
                        .isEqualTo(Float.floatToRawIntBits(f));
                assertThat(new String(json, StandardCharsets.UTF_8)).isEqualTo(Float.toString(f));
            }
            if (Double.isFinite(d)) {
                assertThat(parsed(written(w -> w.number(d))).getDoubleValue()).isEqualTo(d);
            }
            assertThat(parsed(written(w -> w.number(n))).getLongValue()).isEqualTo(n);
        }
        assertThat(written(w -> w.number(-0f))).isEqualTo("-0.0".getBytes(StandardCharsets.UTF_8));
        assertThat(written(w -> w.number(Long.MIN_VALUE)))
                .isEqualTo("-9223372036854775808".getBytes(StandardCharsets.UTF_8));
        assertThat(written(w -> w.number(Double.NEGATIVE_INFINITY)))
                .isEqualTo("\"-Infinity\"".getBytes(StandardCharsets.UTF_8));
    }
}
