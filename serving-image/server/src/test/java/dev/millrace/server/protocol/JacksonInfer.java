package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** What an infer body in JSON means, said with Jackson's strict parser and without care for speed. */
final class JacksonInfer {
    static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** The body is refused. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why);
        }
    }

    record Call(String id, List<Tensor> inputs, List<String> outputs, double timeoutMs, boolean urgent) {}

    private final byte[] body;

    private JacksonInfer(byte[] body) {
        this.body = body;
    }

    static Call decode(byte[] body) throws Refused {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return new JacksonInfer(body).call();
        } catch (IOException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static void check(boolean fine, String what) throws Refused {
        if (!fine) {
            throw new Refused(what);
        }
    }

    private Call call() throws IOException, Refused {
        try (JsonParser json = FACTORY.createParser(body)) {
            check(json.nextToken() == JsonToken.START_OBJECT, "body");
            String id = "";
            double timeout = 0;
            boolean urgent = false;
            List<Tensor> inputs = new ArrayList<>();
            List<String> outputs = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "id" -> id = text(json);
                    case "inputs" -> {
                        check(json.currentToken() == JsonToken.START_ARRAY, "inputs");
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            inputs.add(tensor(json));
                        }
                    }
                    case "outputs" -> {
                        check(json.currentToken() == JsonToken.START_ARRAY, "outputs");
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            outputs.add(output(json));
                        }
                    }
                    case "parameters" -> {
                        check(json.currentToken() == JsonToken.START_OBJECT, "parameters");
                        while (json.nextToken() != JsonToken.END_OBJECT) {
                            String name = json.currentName();
                            JsonToken token = json.nextToken();
                            check(token.isScalarValue(), name);
                            if (token == JsonToken.VALUE_NULL) {
                                continue;
                            }
                            switch (name) {
                                case "timeout" -> {
                                    check(token.isNumeric() && json.getDoubleValue() >= 0, name);
                                    timeout = json.getDoubleValue() / 1000;
                                }
                                case "priority" -> urgent = whole(json, 0, Long.MAX_VALUE) == 1;
                                case "binary_data_output" -> check(token.isBoolean(), name);
                                default -> {
                                    // any scalar
                                }
                            }
                        }
                    }
                    default -> json.skipChildren();
                }
            }
            check(json.nextToken() == null, "text behind");
            check(!inputs.isEmpty(), "no inputs");
            check(new HashSet<>(inputs.stream().map(Tensor::name).toList()).size() == inputs.size(), "input twice");
            check(new HashSet<>(outputs).size() == outputs.size(), "output twice");
            return new Call(id, inputs, outputs, timeout, urgent);
        }
    }

    private static String text(JsonParser json) throws IOException, Refused {
        check(json.currentToken() == JsonToken.VALUE_STRING, "not a string");
        return json.getText();
    }

    private static long whole(JsonParser json, long min, long max) throws IOException, Refused {
        check(
                json.currentToken() == JsonToken.VALUE_NUMBER_INT
                        && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                        && json.getLongValue() >= min
                        && json.getLongValue() <= max,
                "not whole");
        return json.getLongValue();
    }

    private static String output(JsonParser json) throws IOException, Refused {
        check(json.currentToken() == JsonToken.START_OBJECT, "output");
        String name = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals("name")) {
                name = text(json);
            } else if (field.equals("parameters") && json.currentToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() != JsonToken.END_OBJECT) {
                    String parameter = json.currentName();
                    JsonToken token = json.nextToken();
                    check(!parameter.equals("binary_data") || token.isBoolean(), "binary_data");
                    check(!parameter.equals("classification") && !parameter.equals("shared_memory_region"), parameter);
                    json.skipChildren();
                }
            } else {
                json.skipChildren();
            }
        }
        check(name != null, "no name");
        return String.valueOf(name);
    }

    private Tensor tensor(JsonParser json) throws IOException, Refused {
        check(json.currentToken() == JsonToken.START_OBJECT, "input");
        String name = null;
        Datatype datatype = null;
        long[] shape = null;
        int from = -1;
        int to = -1;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "name" -> name = text(json);
                case "datatype" -> datatype = Datatype.of(text(json));
                case "shape" -> {
                    check(json.currentToken() == JsonToken.START_ARRAY, "shape");
                    List<Long> dims = new ArrayList<>();
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        dims.add(whole(json, 0, Long.MAX_VALUE));
                    }
                    check(dims.size() <= 16, "rank");
                    shape = dims.stream().mapToLong(Long::longValue).toArray();
                }
                case "data" -> {
                    check(json.currentToken() == JsonToken.START_ARRAY, "data");
                    from = (int) json.currentTokenLocation().getByteOffset();
                    json.skipChildren();
                    to = (int) json.currentLocation().getByteOffset();
                }
                default -> json.skipChildren();
            }
        }
        if (name == null || datatype == null || shape == null || from < 0) {
            throw new Refused("incomplete");
        }
        BigInteger expected = BigInteger.ONE;
        for (long d : shape) {
            expected = expected.multiply(BigInteger.valueOf(d));
        }
        check(expected.bitLength() < 32, "shape");
        try (JsonParser data = FACTORY.createParser(body, from, to - from)) {
            return elements(data, name, datatype, shape, expected.intValue());
        }
    }

    private static Tensor elements(JsonParser json, String name, Datatype datatype, long[] shape, int expected)
            throws IOException, Refused {
        List<String> strings = new ArrayList<>();
        ByteBuffer data = Tensor.allocate(datatype, Math.min(expected, 1 << 20));
        int count = 0;
        for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
            if (token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY) {
                continue;
            }
            check(count++ < expected, "more");
            switch (datatype) {
                case BYTES -> strings.add(text(json));
                case BOOL -> {
                    check(token.isBoolean(), "bool");
                    data.put((byte) (json.getBooleanValue() ? 1 : 0));
                }
                case FP32 -> {
                    float v = (float) notFinite(json);
                    if (token.isNumeric()) {
                        v = token == JsonToken.VALUE_NUMBER_INT && fitsLong(json)
                                ? json.getFloatValue()
                                : Float.parseFloat(json.getText());
                        check(Float.isFinite(v), "fp32");
                    }
                    data.putFloat(v);
                }
                case FP64 -> {
                    double v = notFinite(json);
                    if (token.isNumeric()) {
                        v = json.getDoubleValue();
                        check(Double.isFinite(v), "fp64");
                    }
                    data.putDouble(v);
                }
                case FP16 -> throw new Refused("fp16");
                case UINT64 -> {
                    check(token == JsonToken.VALUE_NUMBER_INT, "uint64");
                    BigInteger v = json.getBigIntegerValue();
                    check(v.signum() >= 0 && v.bitLength() <= 64, "uint64");
                    data.putLong(v.longValue());
                }
                case INT64 -> data.putLong(whole(json, Long.MIN_VALUE, Long.MAX_VALUE));
                case INT32 -> data.putInt((int) whole(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
                case UINT32 -> data.putInt((int) whole(json, 0, 0xffff_ffffL));
                case INT16 -> data.putShort((short) whole(json, Short.MIN_VALUE, Short.MAX_VALUE));
                case UINT16 -> data.putShort((short) whole(json, 0, 0xffff));
                case INT8 -> data.put((byte) whole(json, Byte.MIN_VALUE, Byte.MAX_VALUE));
                case UINT8 -> data.put((byte) whole(json, 0, 0xff));
            }
        }
        check(count == expected, "fewer");
        return datatype == Datatype.BYTES
                ? Tensor.of(name, shape, strings.toArray(String[]::new))
                : Tensor.of(name, datatype, shape, data.flip());
    }

    private static boolean fitsLong(JsonParser json) throws IOException {
        return json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    /** 0 for a number. */
    private static double notFinite(JsonParser json) throws IOException, Refused {
        if (json.currentToken().isNumeric()) {
            return 0;
        }
        return switch (text(json)) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new Refused("number");
        };
    }
}
