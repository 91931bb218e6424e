package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinaryDataTest {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static String input(String name, String datatype, String rest) {
        return "{\"name\":\"" + name + "\",\"shape\":[2],\"datatype\":\"" + datatype + "\"," + rest + "}";
    }

    private static String size(int bytes) {
        return "\"parameters\":{\"binary_data_size\":" + bytes + "}";
    }

    private static RestInfer decode(String json, String binary) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        byte[] tail = hex(binary);
        byte[] body = Arrays.copyOf(head, head.length + tail.length);
        System.arraycopy(tail, 0, body, head.length, tail.length);
        return InferJson.decode(body, head.length, 0, false);
    }

    private static RestInfer decode(List<String> inputs, String more, String binary) {
        return decode("{\"inputs\":[" + String.join(",", inputs) + "]" + more + "}", binary);
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL,0001",
        "UINT8,ff07",
        "INT8,80ff",
        "UINT16,ffff0100",
        "INT16,0080ffff",
        "UINT32,ffffffff01000000",
        "INT32,00000080ffffffff",
        "UINT64,ffffffffffffffff0100000000000000",
        "INT64,0000000000000080ffffffffffffffff",
        "FP16,003c00c0",
        "FP32,0000803f0000c07f",
        "FP64,000000000000f03f00000000000000c0",
        "BYTES,010000006102000000c3bc"
    })
    void everyDatatypeTravelsBothWays(String datatype, String hex) {
        byte[] bytes = hex(hex);
        RestInfer infer = decode(
                List.of(input("x", datatype, size(bytes.length))),
                ",\"parameters\":{\"binary_data_output\":true}",
                hex);
        Tensor t = infer.call().inputs().get(0);
        assertThat(t.elements()).isEqualTo(2);
        InferReply reply = InferReply.encode("m", "1", "i", List.of(t), infer.form());
        JsonObject json = new JsonObject(reply.body().getString(0, reply.jsonLength()));
        JsonObject output = json.getJsonArray("outputs").getJsonObject(0);
        assertThat(output.getString("datatype")).isEqualTo(datatype);
        assertThat(output.getJsonObject("parameters").getInteger("binary_data_size"))
                .isEqualTo(bytes.length);
        assertThat(output.containsKey("data")).isFalse();
        assertThat(reply.body().getBytes(reply.jsonLength(), reply.body().length()))
                .isEqualTo(bytes);
    }

    @Test
    void binaryAndJsonMayBeMixedInAnyOrder() {
        RestInfer infer = decode(
                List.of(
                        input("a", "INT8", size(2)),
                        input("b", "INT32", "\"data\":[7,8]"),
                        "{" + size(4) + ",\"datatype\":\"INT16\",\"shape\":[2],\"name\":\"c\"}"),
                ",\"outputs\":[{\"name\":\"p\",\"parameters\":{\"binary_data\":false}},{\"name\":\"q\"},"
                        + "{\"name\":\"r\",\"parameters\":{\"binary_data\":true}}],"
                        + "\"parameters\":{\"binary_data_output\":true}",
                "0102" + "03000400");
        List<Tensor> in = infer.call().inputs();
        assertThat(List.of(in.get(0).number(1), in.get(1).number(0), in.get(2).number(1)))
                .containsExactly(2.0, 7.0, 4.0);
        assertThat(List.of(
                        infer.form().isBinary("p"),
                        infer.form().isBinary("q"),
                        infer.form().isBinary("r")))
                .as("what an output says itself goes before what the request says")
                .containsExactly(false, true, true);
        assertThat(decode(List.of(input("b", "INT8", "\"data\":[7,8]")), "", "").form())
                .isEqualTo(OutputForm.JSON);
    }

    @Test
    void anAnswerMayBeMixed() {
        Tensor a = Tensor.ofRows("a", new float[] {1, 2}, 1);
        Tensor b = Tensor.of("b", new long[] {1}, new String[] {"ü"});
        InferReply reply = InferReply.encode("m", "1", "", List.of(a, b), new OutputForm(true, Map.of("a", false)));
        JsonArray outputs = new JsonObject(reply.body().getString(0, reply.jsonLength())).getJsonArray("outputs");
        assertThat(outputs.getJsonObject(0).getJsonArray("data")).containsExactly(1.0, 2.0);
        assertThat(reply.body().getBytes(reply.jsonLength(), reply.body().length()))
                .isEqualTo(hex("02000000c3bc"));
        // a view of a larger buffer
        InferReply row = InferReply.encode("m", "1", "", List.of(a.rows(0, 1)), OutputForm.BINARY);
        assertThat(row.body().getBytes(row.jsonLength(), row.body().length())).isEqualTo(hex("0000803f00000040"));
        assertThatThrownBy(() -> InferReply.encode(
                        "m",
                        "1",
                        "",
                        List.of(Tensor.of("h", Datatype.FP16, new long[] {1}, ByteBuffer.allocate(2))),
                        OutputForm.JSON))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("ask for it with binary_data");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "FP32|8|00000000|is 8 bytes, only 4 follow",
                "FP32|8|000000000000000000|1 bytes more than",
                "FP32|4|00000000|has 4 bytes, the shape says 8",
                "FP32|0|-|has fewer elements than the shape",
                "BOOL|2|0002|element 1 is neither 0 nor 1",
                "BYTES|7|01000000610100|fewer than 2 elements|",
                "BYTES|9|010000006105000000|ends within element 1",
                "BYTES|10|010000006101000000ff|element 1 is not UTF-8",
                "BYTES|8|ffffffff00000000|ends within element 0",
                "BF16|4|00000000|datatype: BF16 is none of"
            })
    void sizesThatDoNotAddUpAreNamed(String datatype, int size, @Nullable String hex, String message) {
        assertThatThrownBy(() -> decode(List.of(input("x", datatype, size(size))), "", hex == null ? "" : hex))
                .isInstanceOf(CallException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"data\":[1,2],\"parameters\":{\"binary_data_size\":2}|excludes parameters.binary_data_size|INVALID",
                "\"parameters\":{\"binary_data_size\":-1}|binary_data_size: must be a whole number|INVALID",
                "\"parameters\":{\"binary_data_size\":\"2\"}|binary_data_size: must be a whole number|INVALID",
                "\"parameters\":{\"binary_data_size\":1e1}|binary_data_size: must be a whole number|INVALID",
                "\"parameters\":{\"binary_data_size\":99999999999}|binary_data_size: must be a whole number|INVALID",
                "\"parameters\":{\"shared_memory_region\":\"r\"}|shared memory is not served|UNSUPPORTED"
            })
    void parametersOfAnInputAreChecked(String rest, String message, CallException.Kind kind) {
        assertThatThrownBy(() -> decode(List.of(input("x", "INT8", rest)), "", "0102"))
                .isInstanceOfSatisfying(
                        CallException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"-1", "+5", "11", "a", "''", "5.0", "99999999999999999999", "0x5"})
    void aHeaderThatIsNoLengthIsRefused(String header) {
        assertThatThrownBy(() -> BinaryData.jsonLength(header, 10))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("Inference-Header-Content-Length");
        assertThat(BinaryData.jsonLength("10", 10)).isEqualTo(10);
        assertThat(BinaryData.jsonLength(null, 10)).isEqualTo(10);
        assertThat(BinaryData.jsonLength("0", 10)).isZero();
    }

    @Test
    void aRawBodyIsOneRowOfTheOnlyInput() {
        assertThat(raw("FP32", List.of(-1L, 3L), "0000803f0000004000004040").shape())
                .containsExactly(1, 3);
        assertThat(raw("INT8", List.of(-1L, -1L), "010203").shape()).containsExactly(1, 3);
        assertThat(raw("BYTES", List.of(-1L, -1L), "010000006102000000c3bc").strings())
                .containsExactly("a", "ü");
        assertThatThrownBy(() -> raw("FP32", List.of(-1L, 3L), "0000803f00000040"))
                .hasMessageContaining("has 8 bytes");
        assertThatThrownBy(() -> raw("INT8", List.of(-1L, 3L), "01020304")).hasMessageContaining("has 4 bytes");
        assertThatThrownBy(() -> raw("INT8", List.of(-1L, -1L, -1L), "01")).hasMessageContaining("one open dimension");
        assertThatThrownBy(() -> BinaryData.raw(
                        List.of(new TensorSpec("a", "INT8", List.of(1L)), new TensorSpec("b", "INT8", List.of(1L))),
                        hex("01")))
                .hasMessageContaining("a model of one input");
    }

    private static Tensor raw(String datatype, List<Long> shape, String hex) {
        return BinaryData.raw(List.of(new TensorSpec("x", datatype, shape)), hex(hex));
    }
}
