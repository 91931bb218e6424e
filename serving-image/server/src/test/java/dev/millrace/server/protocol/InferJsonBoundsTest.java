package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.server.predict.CallException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that are made to be expensive, and bodies at the limits. */
class InferJsonBoundsTest {
    private static final Duration CHEAP = Duration.ofSeconds(5);

    private static byte[] with(String fields) {
        return ("{" + fields + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[1]}]}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void refused(byte[] body, String message) {
        assertTimeoutPreemptively(CHEAP, () -> assertThatThrownBy(() -> InferJson.decode(body, body.length, 0, false))
                .isInstanceOf(CallException.class)
                .hasMessageContaining(message));
    }

    @Test
    void deepNestingIsRefusedWhereJacksonRefusesIt() {
        for (int depth : new int[] {1, 998, 999, 1000, 1001}) {
            assertThat(InferJsonFuzzTest.same(with("\"f\":" + "[".repeat(depth) + "]".repeat(depth) + ",")))
                    .isEqualTo(depth <= 999);
            assertThat(InferJsonFuzzTest.same(with("\"f\":" + "{\"a\":".repeat(depth) + "1" + "}".repeat(depth) + ",")))
                    .isEqualTo(depth <= 999);
        }
        refused("[".repeat(Served.MAX_BODY).getBytes(StandardCharsets.UTF_8), "must be a JSON object");
        refused(("{\"a\":" + "[".repeat(Served.MAX_BODY - 6)).getBytes(StandardCharsets.UTF_8), "nested deeper");
        refused(("{\"a\":" + "{\"a\":".repeat(3_000_000)).getBytes(StandardCharsets.UTF_8), "nested deeper");
        refused(
                ("{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":"
                                + "[".repeat(Served.MAX_BODY - 100))
                        .getBytes(StandardCharsets.UTF_8),
                "nested deeper");
    }

    @Test
    void aNumberHasAtMostAThousandDigits() {
        for (int digits : new int[] {19, 20, 999, 1000, 1001}) {
            boolean fits = digits <= 1000;
            assertThat(InferJsonFuzzTest.same(with("\"f\":1" + "0".repeat(digits - 1) + ",")))
                    .isEqualTo(fits);
            assertThat(InferJsonFuzzTest.same(with("\"f\":-1" + "0".repeat(digits - 1) + ",")))
                    .isEqualTo(fits);
            assertThat(InferJsonFuzzTest.same(with("\"f\":0." + "1".repeat(digits - 1) + ",")))
                    .isEqualTo(fits);
            assertThat(InferJsonFuzzTest.same(with("\"f\":1.5e-" + "0".repeat(digits - 3) + "1,")))
                    .isEqualTo(fits);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\":1,\"a\":2,",
                "\"\\u0061\":1,\"a\":2,",
                "\"id\":\"1\",\"i\\u0064\":\"2\",",
                "\"inputs\":[],",
                "\"f\":[{\"b\":1,\"c\":{\"d\":1,\"d\":1}}],"
            })
    void aNameThatIsThereTwiceIsRefused(String fields) {
        assertThat(InferJsonFuzzTest.same(with(fields))).isFalse();
        refused(with(fields), "is there twice");
    }

    @Test
    void manyNamesAreCheap() {
        StringBuilder twice = new StringBuilder();
        while (twice.length() < 15 << 20) {
            twice.append("\"a\":1,");
        }
        refused(with(twice.toString()), "is there twice");
        StringBuilder once = new StringBuilder();
        for (int i = 0; once.length() < 15 << 20; i++) {
            once.append('"').append(i).append("\":1,");
        }
        byte[] body = with(once.toString());
        assertTimeoutPreemptively(CHEAP, () -> InferJson.decode(body, body.length, 0, false));
        StringBuilder inputs = new StringBuilder();
        for (int i = 0; inputs.length() < 15 << 20; i++) {
            inputs.append("{\"name\":\"").append(i).append("\",\"datatype\":\"BOOL\",\"shape\":[0],\"data\":[]},");
        }
        byte[] many =
                ("{\"inputs\":[" + inputs.substring(0, inputs.length() - 1) + "]}").getBytes(StandardCharsets.UTF_8);
        assertTimeoutPreemptively(CHEAP, () -> InferJson.decode(many, many.length, 0, false));
    }

    @Test
    void aFullBodyOfNumbersIsReadInOneGo() {
        int n = (Served.MAX_BODY - 200) / 8;
        byte[] body = ("{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[" + n + "],\"data\":["
                        + "0.12345,".repeat(n - 1) + "0.5]}]}")
                .getBytes(StandardCharsets.UTF_8);
        assertTimeoutPreemptively(CHEAP, () -> assertThat(InferJson.decode(body, body.length, 0, false)
                        .call()
                        .inputs()
                        .get(0)
                        .elements())
                .isEqualTo(n));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[18446744073709551616,1]",
                "[4294967296,4294967296]",
                "[9223372036854775807]",
                "[2147483647,2]",
                "[1000000000]"
            })
    void aShapeThatTheBodyCannotFillIsRefusedBeforeItIsAllocated(String shape) {
        for (String datatype : new String[] {"FP64", "BYTES"}) {
            String tensor = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"" + datatype + "\",\"shape\":" + shape
                    + ",\"data\":[]}]}";
            refused(tensor.getBytes(StandardCharsets.UTF_8), "shape");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"c3", "c328", "c080", "e28228", "eda080", "f0808080", "f4908080", "f5808080", "80", "ff", "e282"
            })
    void whatIsNotUtf8IsRefusedEverywhere(String hex) {
        String bad = new String(java.util.HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
        for (String fields : new String[] {"\"id\":\"" + bad + "\",", "\"f\":\"" + bad + "\",", "\"" + bad + "\":1,"}) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            String text = new String(with(fields), StandardCharsets.UTF_8);
            body.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            refused(body.toByteArray(), "not UTF-8");
        }
    }

    @Test
    void whereItBreaksIsSaid() {
        refused("{\"inputs\":\n [nul]}".getBytes(StandardCharsets.UTF_8), "inputs[0]: must be an object");
        refused("{\"f\":\n [nul]}".getBytes(StandardCharsets.UTF_8), "a value is expected (line 2, column 3)");
        refused("{\"f\":1".getBytes(StandardCharsets.UTF_8), "it ends where a comma or } is expected");
    }
}
