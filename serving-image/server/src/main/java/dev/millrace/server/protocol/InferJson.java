package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.json.TensorJson;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.InferCall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON of infer calls. Fields that the protocol does not know are skipped, as its extensions demand. */
final class InferJson {
    private static final int MAX_RANK = 16;

    private InferJson() {}

    static InferCall decode(byte[] body, long startNanos, boolean warmup) {
        return JsonReader.read(body, json -> {
            String id = "";
            Map<String, Object> parameters = Map.of();
            List<Tensor> inputs = null;
            List<String> outputs = List.of();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "id" -> id = JsonReader.text(json, "id");
                    case "inputs" -> inputs = inputs(json, body.length);
                    case "outputs" -> outputs = outputs(json);
                    case "parameters" -> parameters = JsonReader.scalars(json, "parameters");
                    default -> json.skipChildren();
                }
            }
            if (inputs == null || inputs.isEmpty()) {
                throw CallException.invalid("inputs: is required");
            }
            return new InferCall(id, inputs, outputs, timeout(parameters), isUrgent(parameters), startNanos, warmup);
        });
    }

    /** {@code parameters.timeout}, in microseconds, of the schedule policy extension. */
    private static double timeout(Map<String, Object> parameters) {
        Object timeout = parameters.get("timeout");
        if (timeout == null) {
            return 0;
        }
        if (!(timeout instanceof Number micros) || micros.doubleValue() < 0) {
            throw CallException.invalid("parameters.timeout: must be microseconds, 0 or more");
        }
        return micros.doubleValue() / 1000;
    }

    /** {@code parameters.priority} of the same extension: 1 is the highest, 0 the model's own. */
    private static boolean isUrgent(Map<String, Object> parameters) {
        Object priority = parameters.get("priority");
        if (priority != null && !(priority instanceof Long p && p >= 0)) {
            throw CallException.invalid("parameters.priority: must be a whole number, 0 or more");
        }
        return priority instanceof Long p && p == 1;
    }

    private static List<Tensor> inputs(JsonParser json, int bodyLength) throws IOException {
        JsonReader.expect(json, JsonToken.START_ARRAY, "inputs", "an array");
        List<Tensor> tensors = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            JsonReader.expect(json, JsonToken.START_OBJECT, "inputs[" + tensors.size() + "]", "an object");
            tensors.add(new TensorReader("inputs[" + tensors.size() + "]", bodyLength).read(json));
        }
        return tensors;
    }

    private static List<String> outputs(JsonParser json) throws IOException {
        JsonReader.expect(json, JsonToken.START_ARRAY, "outputs", "an array");
        List<String> names = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            String at = "outputs[" + names.size() + "]";
            JsonReader.expect(json, JsonToken.START_OBJECT, at, "an object");
            String name = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                boolean isName = json.currentName().equals("name");
                json.nextToken();
                if (isName) {
                    name = JsonReader.text(json, at + ".name");
                } else {
                    json.skipChildren();
                }
            }
            if (name == null) {
                throw CallException.invalid(at + ".name: is required");
            }
            names.add(name);
        }
        return names;
    }

    /** One tensor, its fields in any order. */
    private static final class TensorReader {
        private final String at;
        private final int bodyLength;
        private @Nullable String name;
        private @Nullable Datatype datatype;
        private long @Nullable [] shape;
        private @Nullable Tensor tensor;
        private @Nullable TokenBuffer early;

        TensorReader(String at, int bodyLength) {
            this.at = at;
            this.bodyLength = bodyLength;
        }

        Tensor read(JsonParser json) throws IOException {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "name" -> name = JsonReader.text(json, at + ".name");
                    case "datatype" -> datatype = datatype(JsonReader.text(json, at + ".datatype"));
                    case "shape" -> shape = shape(json);
                    case "data" -> data(json);
                    default -> json.skipChildren();
                }
            }
            TokenBuffer kept = early;
            if (tensor == null && kept != null) {
                try (JsonParser again = kept.asParser(JsonReader.FACTORY.getCodec())) {
                    again.nextToken();
                    elements(again);
                }
            }
            Tensor done = tensor;
            if (done == null) {
                throw missing();
            }
            return done;
        }

        private CallException missing() {
            String field = name == null ? "name" : datatype == null ? "datatype" : shape == null ? "shape" : "data";
            return CallException.invalid(at + "." + field + ": is required");
        }

        private Datatype datatype(String text) {
            Datatype known = Datatype.of(text);
            if (known == null) {
                throw CallException.invalid(
                        at + ".datatype: " + text + " is none of " + Arrays.toString(Datatype.values()));
            }
            return known;
        }

        private long[] shape(JsonParser json) throws IOException {
            JsonReader.expect(json, JsonToken.START_ARRAY, at + ".shape", "an array");
            List<Long> dims = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        || json.getLongValue() < 0
                        || dims.size() == MAX_RANK) {
                    throw CallException.invalid(
                            at + ".shape: must have at most " + MAX_RANK + " whole numbers, each 0 or more");
                }
                dims.add(json.getLongValue());
            }
            return dims.stream().mapToLong(d -> d).toArray();
        }

        private void data(JsonParser json) throws IOException {
            if (name != null && datatype != null && shape != null) {
                elements(json);
            } else {
                early = new TokenBuffer(json);
                early.copyCurrentStructure(json);
            }
        }

        private void elements(JsonParser json) throws IOException {
            Datatype type = datatype;
            long[] dims = shape;
            String own = name;
            if (type == null || dims == null || own == null) {
                throw missing();
            }
            String field = "inputs[" + own + "].data";
            long expected = 1;
            for (long d : dims) {
                // an element takes two bytes of JSON: a larger shape than the body is a lie, and must not be allocated
                expected = d == 0 ? 0 : expected > bodyLength / d ? Long.MAX_VALUE : expected * d;
                if (expected == Long.MAX_VALUE) {
                    throw CallException.invalid(field + ": has fewer elements than shape " + Arrays.toString(dims));
                }
            }
            tensor = new Elements(field, type, (int) expected).read(json, own, dims);
        }
    }

    static byte[] encode(String model, String version, String id, List<Tensor> outputs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JsonReader.FACTORY.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("model_name", model);
            json.writeStringField("model_version", version);
            json.writeStringField("id", id);
            json.writeArrayFieldStart("outputs");
            for (Tensor t : outputs) {
                if (!TensorJson.isJson(t.datatype())) {
                    throw CallException.invalid(
                            "outputs[" + t.name() + "]: " + t.datatype() + " has no JSON form; ask for it over gRPC");
                }
                json.writeStartObject();
                json.writeStringField("name", t.name());
                json.writeStringField("datatype", t.datatype().name());
                json.writeFieldName("shape");
                json.writeArray(t.shape(), 0, t.shape().length);
                json.writeFieldName("data");
                TensorJson.writeData(json, t);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        return out.toByteArray();
    }
}
