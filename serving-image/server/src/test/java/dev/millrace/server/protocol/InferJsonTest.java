package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.InferCall;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InferJsonTest {
    private static InferCall decode(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return InferJson.decode(body, body.length, 0, false).call();
    }

    private static String encode(String id, Tensor... outputs) {
        return InferReply.encode("m", "1", id, List.of(outputs), OutputForm.JSON)
                .body()
                .toString(StandardCharsets.UTF_8);
    }

    private static String tensor(String datatype, String shape, String data) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"" + datatype + "\",\"shape\":" + shape + ",\"data\":" + data
                + "}]}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BOOL|[true,false]",
                "UINT8|[0,255]",
                "UINT16|[0,65535]",
                "UINT32|[0,4294967295]",
                "UINT64|[0,18446744073709551615]",
                "INT8|[-128,127]",
                "INT16|[-32768,32767]",
                "INT32|[-2147483648,2147483647]",
                "INT64|[-9223372036854775808,9223372036854775807]",
                "FP32|[0.1,-3.4028235E38]",
                "FP64|[0.1,-1.7976931348623157E308]",
                "BYTES|[\"\",\"ünï\\\"\"]"
            })
    void everyDatatypeGoesThroughUnchanged(String datatype, String data) {
        Tensor t = decode(tensor(datatype, "[2]", data)).inputs().get(0);
        assertThat(t.datatype().name()).isEqualTo(datatype);
        assertThat(t.shape()).containsExactly(2);
        String out = encode("", t);
        assertThat(out).contains("\"data\":" + data);
    }

    @Test
    void fieldsComeInAnyOrderNestedOrFlat() {
        InferCall call = decode("{\"future\":{\"a\":[1]},\"inputs\":[{\"data\":[[1,2],[3,4]],\"shape\":[2,2],"
                + "\"parameters\":{\"p\":1},\"datatype\":\"FP32\",\"name\":\"x\"}],\"id\":\"42\","
                + "\"outputs\":[{\"name\":\"y\",\"parameters\":{}}],\"parameters\":{\"timeout\":2500,\"priority\":1}}");
        assertThat(call.id()).isEqualTo("42");
        assertThat(call.outputs()).containsExactly("y");
        assertThat(call.timeoutMs()).isEqualTo(2.5);
        assertThat(call.urgent()).isTrue();
        Tensor t = call.inputs().get(0);
        assertThat(t.shape()).containsExactly(2, 2);
        assertThat(List.of(t.number(0), t.number(1), t.number(2), t.number(3))).containsExactly(1.0, 2.0, 3.0, 4.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32|[2]|[1]|inputs[x].data: has 1 elements, the shape says 2",
                "FP32|[1]|[1,2]|inputs[x].data: has more than the 1 elements",
                "FP32|[1]|[\"a\"]|inputs[x].data[0]: must be a number",
                "FP32|[1]|[1e39]|inputs[x].data[0]: must be a number within FP32",
                "FP32|[1]|[{}]|inputs[x].data[0]: must be a number, is an object",
                "FP32|[1]|7|inputs[x].data: must be an array",
                "INT8|[1]|[128]|inputs[x].data[0]: must be a whole number within INT8",
                "INT64|[1]|[1.5]|inputs[x].data[0]: must be a whole number",
                "UINT64|[1]|[-1]|inputs[x].data[0]: must be a whole number within UINT64",
                "BOOL|[1]|[1]|inputs[x].data[0]: must be true or false",
                "BYTES|[1]|[1]|inputs[x].data[0]: must be a string",
                "FP16|[1]|[1]|inputs[x].data: FP16 has no JSON form",
                "FLOAT|[1]|[1]|inputs[0].datatype: FLOAT is none of",
                "FP32|[-1]|[1]|inputs[0].shape: must have",
                "FP32|[99999999999,99999999999]|[1]|inputs[x].data: has fewer elements",
                "FP32|1|[1]|inputs[0].shape: must be an array"
            })
    void whatIsWrongIsNamed(String datatype, String shape, String data, String message) {
        assertThatThrownBy(() -> decode(tensor(datatype, shape, data)))
                .isInstanceOf(CallException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|inputs: is required",
                "[]|the body must be a JSON object",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"data\":[1]}]}|inputs[0].datatype: is required",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\"}]}|inputs[0].data: is required",
                "{\"inputs\":7}|inputs: must be an array",
                "{\"id\":7,\"inputs\":[]}|id: must be a string",
                "{\"inputs\":[|the body is not JSON",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]} {}|text after",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}],\"parameters\":{\"timeout\":\"x\"}}|parameters.timeout",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}],\"parameters\":{\"priority\":-1}}|parameters.priority",
                "{\"inputs\":[],\"outputs\":[{}]}|outputs[0].name: is required"
            })
    void aBrokenBodyIsNamed(String body, String message) {
        assertThatThrownBy(() -> decode(body)).isInstanceOf(CallException.class).hasMessageContaining(message);
    }

    @Property(tries = 300)
    void floatsAreReadAsTheJdkReadsThem(@ForAll @Size(min = 1, max = 20) List<Float> values) {
        List<Float> finite = values.stream().filter(Float::isFinite).toList();
        Tensor t = decode(tensor("FP32", "[" + finite.size() + "]", finite.toString()))
                .inputs()
                .get(0);
        for (int i = 0; i < finite.size(); i++) {
            assertThat((float) t.number(i)).isEqualTo(finite.get(i));
        }
    }

    @Property(tries = 300)
    void noBodyIsMoreThanABadCall(@ForAll String body) {
        try {
            decode(body);
        } catch (CallException e) {
            assertThat(e.kind()).isEqualTo(CallException.Kind.INVALID);
        }
    }

    @Test
    void whatJsonCannotSayIsAString() {
        Tensor t = Tensor.ofRows("y", new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 1);
        String out = encode("i", t);
        assertThat(out)
                .isEqualTo("{\"model_name\":\"m\",\"model_version\":\"1\",\"id\":\"i\",\"outputs\":[{\"name\":\"y\","
                        + "\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[\"NaN\",\"Infinity\"]}]}");
        assertThat(decode(tensor("FP32", "[1]", "[\"NaN\"]")).inputs().get(0).number(0))
                .isNaN();
        assertThat(Datatype.of("FP32")).isEqualTo(Datatype.FP32);
    }
}
