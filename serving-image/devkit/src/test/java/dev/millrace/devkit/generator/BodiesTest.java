package dev.millrace.devkit.generator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.predict.PredictRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodiesTest {
    private final Bodies bodies = new Bodies(new Bodies.Shape("fraud", "input", 2, 3), 5);

    private static List<Float> floats(byte[] littleEndian) {
        FloatBuffer buffer =
                ByteBuffer.wrap(littleEndian).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        List<Float> all = new ArrayList<>();
        while (buffer.hasRemaining()) {
            all.add(buffer.get());
        }
        return all;
    }

    @Test
    void everyProtocolCarriesTheSameNumbersAndEveryCallOthers() throws Exception {
        List<Float> expected =
                Arrays.stream(bodies.numbers(4)).mapToObj(x -> (float) x).toList();
        assertThat(expected)
                .hasSize(6)
                .doesNotContainAnyElementsOf(
                        floats(bodies.of(Protocol.REST_BINARY, null).apply(3)));

        JsonNode json =
                new ObjectMapper().readTree(bodies.of(Protocol.REST_JSON, null).apply(4));
        List<Float> inJson = new ArrayList<>();
        json.at("/inputs/0/data").forEach(n -> inJson.add((float) n.asDouble()));
        assertThat(inJson).isEqualTo(expected);
        assertThat(json.at("/inputs/0/shape").toString()).isEqualTo("[2,3]");

        byte[] binary = bodies.of(Protocol.REST_BINARY, null).apply(4);
        int header = bodies.binaryHeaderLength();
        assertThat(floats(Arrays.copyOfRange(binary, header, binary.length))).isEqualTo(expected);
        assertThat(new ObjectMapper()
                        .readTree(binary, 0, header)
                        .at("/inputs/0/parameters/binary_data_size")
                        .asInt())
                .isEqualTo(24);

        ModelInferRequest raw =
                ModelInferRequest.parseFrom(bodies.of(Protocol.GRPC_RAW, null).apply(4));
        assertThat(floats(raw.getRawInputContents(0).toByteArray())).isEqualTo(expected);
        ModelInferRequest typed =
                ModelInferRequest.parseFrom(bodies.of(Protocol.GRPC_TYPED, null).apply(4));
        assertThat(typed.getInputs(0).getContents().getFp32ContentsList()).isEqualTo(expected);
    }

    @Test
    void predictIsTheSameMessageOverBothProtocols() throws Exception {
        String template =
                "{\"id\":\"{i}\",\"entities\":[{\"customer_id\":\"c-{i}\"}],\"inputs\":{\"amount\":{number}}}";
        byte[] json = bodies.of(Protocol.PREDICT, template).apply(7);
        PredictRequest message = PredictRequest.parseFrom(
                bodies.of(Protocol.PREDICT_GRPC, template).apply(7));
        double amount = message.getInputsOrThrow("amount").getDoubleValue();
        assertThat(new String(json, StandardCharsets.UTF_8))
                .startsWith("{\"id\":\"7\",\"entities\":[{\"customer_id\":\"c-7\"}]")
                .contains(String.valueOf(amount).substring(0, 4));
        assertThat(message.getEntities(0).getKeysOrThrow("customer_id").getStringValue())
                .isEqualTo("c-7");
        assertThat(message.getModel()).isEqualTo("fraud");
    }
}
