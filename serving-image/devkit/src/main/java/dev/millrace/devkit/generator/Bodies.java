package dev.millrace.devkit.generator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.millrace.server.proto.inference.InferTensorContents;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.predict.Candidate;
import dev.millrace.server.proto.predict.Entity;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.predict.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Messages of one protocol, each with other numbers: a server must not know its input before. */
final class Bodies {
    private final Shape shape;
    private final long seed;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * @param model its name
     * @param input name of its tensor
     * @param rows of each call
     * @param width numbers of a row
     */
    record Shape(String model, String input, int rows, int width) {}

    Bodies(Shape shape, long seed) {
        this.shape = shape;
        this.seed = seed;
    }

    /** @param template JSON with {@code {i}}, {@code {number}} and {@code {row}}; null where the protocol says it all */
    IntFunction<byte[]> of(Protocol protocol, @Nullable String template) {
        return switch (protocol) {
            case REST_JSON, PREDICT -> i -> utf8(json(template == null ? inferTemplate() : template, i));
            case REST_BINARY -> i -> binary(i);
            case GRPC_RAW -> i -> raw(i);
            case GRPC_TYPED -> i -> typed(i);
            case PREDICT_GRPC -> {
                if (template == null) {
                    throw new IllegalArgumentException("predict needs a body");
                }
                yield i -> predict(json(template, i));
            }
        };
    }

    /** A message as JSON text turned into that of the gRPC service. */
    byte[] predict(String json) {
        try {
            JsonNode root = mapper.readTree(json);
            PredictRequest.Builder request = PredictRequest.newBuilder()
                    .setModel(shape.model())
                    .setId(root.path("id").asText(""));
            root.path("entities").forEach(entity -> {
                Entity.Builder keys = Entity.newBuilder();
                entity.properties().forEach(key -> keys.putKeys(key.getKey(), value(key.getValue())));
                request.addEntities(keys);
            });
            root.path("inputs").properties().forEach(in -> request.putInputs(in.getKey(), value(in.getValue())));
            root.path("candidates").forEach(candidate -> {
                Candidate.Builder one = Candidate.newBuilder();
                candidate.path("entity").properties().forEach(k -> one.putKeys(k.getKey(), value(k.getValue())));
                candidate.path("inputs").properties().forEach(k -> one.putInputs(k.getKey(), value(k.getValue())));
                request.addCandidates(one);
            });
            return request.build().toByteArray();
        } catch (IOException e) {
            throw new IllegalArgumentException("--body is not JSON: " + e.getMessage(), e);
        }
    }

    private static Value value(JsonNode node) {
        Value.Builder value = Value.newBuilder();
        if (node.isTextual()) {
            return value.setStringValue(node.asText()).build();
        }
        if (node.isBoolean()) {
            return value.setBoolValue(node.asBoolean()).build();
        }
        return node.isIntegralNumber()
                ? value.setInt64Value(node.asLong()).build()
                : value.setDoubleValue(node.asDouble()).build();
    }

    private String inferTemplate() {
        return "{\"inputs\":[{\"name\":\"" + shape.input() + "\",\"shape\":[" + shape.rows() + "," + shape.width()
                + "],\"datatype\":\"FP32\",\"data\":[{row}]}]}";
    }

    private String json(String template, int i) {
        String text = template.replace("{i}", Integer.toString(i));
        if (text.contains("{number}")) {
            text = text.replace("{number}", String.format(Locale.ROOT, "%.4f", Math.abs(numbers(i)[0]) * 100));
        }
        if (text.contains("{row}")) {
            text = text.replace(
                    "{row}",
                    DoubleStream.of(numbers(i))
                            .mapToObj(x -> String.format(Locale.ROOT, "%.4f", x))
                            .collect(Collectors.joining(",")));
        }
        return text;
    }

    /** Of the i-th message; four decimals, as they are written in JSON, so that all protocols carry the same. */
    double[] numbers(int i) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + i);
        return random.doubles((long) shape.rows() * shape.width(), -2, 2)
                .map(x -> Math.rint(x * 1e4) / 1e4)
                .toArray();
    }

    private byte[] littleEndian(int i) {
        double[] numbers = numbers(i);
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double number : numbers) {
            bytes.putFloat((float) number);
        }
        return bytes.array();
    }

    /** JSON header, then the tensor; {@link #binaryHeaderLength} says where one ends. */
    private byte[] binary(int i) {
        byte[] header = binaryHeader();
        byte[] tensor = littleEndian(i);
        return ByteBuffer.allocate(header.length + tensor.length)
                .put(header)
                .put(tensor)
                .array();
    }

    int binaryHeaderLength() {
        return binaryHeader().length;
    }

    private byte[] binaryHeader() {
        return utf8("{\"inputs\":[{\"name\":\"" + shape.input() + "\",\"shape\":[" + shape.rows() + "," + shape.width()
                + "],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":" + 4 * shape.rows() * shape.width()
                + "}}],\"parameters\":{\"binary_data_output\":true}}");
    }

    private byte[] raw(int i) {
        return infer(tensor().build())
                .addRawInputContents(ByteString.copyFrom(littleEndian(i)))
                .build()
                .toByteArray();
    }

    private byte[] typed(int i) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (double number : numbers(i)) {
            contents.addFp32Contents((float) number);
        }
        return infer(tensor().setContents(contents).build()).build().toByteArray();
    }

    private InferInputTensor.Builder tensor() {
        return InferInputTensor.newBuilder()
                .setName(shape.input())
                .setDatatype("FP32")
                .addShape(shape.rows())
                .addShape(shape.width());
    }

    private ModelInferRequest.Builder infer(InferInputTensor tensor) {
        return ModelInferRequest.newBuilder().setModelName(shape.model()).addInputs(tensor);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
