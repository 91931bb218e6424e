package dev.millrace.server.protocol;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The answer of an infer call over REST: JSON, and behind it the tensors that were asked for in binary.
 *
 * @param jsonLength -1 = nothing is binary
 */
record InferReply(Buffer body, int jsonLength) {

    static InferReply encode(String model, String version, String id, List<Tensor> outputs, OutputForm form) {
        JsonWriter json = new JsonWriter(capacity(outputs));
        json.raw("{\"model_name\":").string(model).raw(",\"model_version\":").string(version);
        json.raw(",\"id\":").string(id).raw(",\"outputs\":[");
        boolean binary = false;
        for (int i = 0; i < outputs.size(); i++) {
            Tensor t = outputs.get(i);
            json.raw(i == 0 ? "{\"name\":" : ",{\"name\":").string(t.name());
            json.raw(",\"datatype\":\"").raw(t.datatype().name()).raw("\",\"shape\":");
            array(json, t.shape());
            if (form.isBinary(t.name())) {
                binary = true;
                json.raw(",\"parameters\":{\"binary_data_size\":")
                        .number(RawContents.size(t))
                        .raw("}}");
            } else {
                json.raw(",\"data\":");
                data(json, t);
                json.raw('}');
            }
        }
        json.raw("]}");
        Buffer body = Buffer.buffer(json.length()).appendBytes(json.array(), 0, json.length());
        if (!binary) {
            return new InferReply(body, -1);
        }
        for (Tensor t : outputs) {
            if (form.isBinary(t.name())) {
                append(body, t);
            }
        }
        return new InferReply(body, json.length());
    }

    private static int capacity(List<Tensor> outputs) {
        int bytes = 128;
        for (Tensor t : outputs) {
            bytes += 96 + 12 * t.elements();
        }
        return bytes;
    }

    private static void array(JsonWriter json, long[] values) {
        json.raw('[');
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                json.raw(',');
            }
            json.number(values[i]);
        }
        json.raw(']');
    }

    private static void data(JsonWriter json, Tensor t) {
        if (t.datatype() == Datatype.FP16) {
            throw CallException.invalid(
                    "outputs[" + t.name() + "]: FP16 has no JSON form; ask for it with binary_data, or" + " over gRPC");
        }
        json.raw('[');
        for (int i = 0; i < t.elements(); i++) {
            if (i > 0) {
                json.raw(',');
            }
            switch (t.datatype()) {
                case BOOL -> json.raw(t.data().get(i) != 0 ? "true" : "false");
                case FP32 -> json.number(t.data().getFloat(4 * i));
                case FP64 -> json.number(t.data().getDouble(8 * i));
                case INT64 -> json.number(t.data().getLong(8 * i));
                case UINT64 -> {
                    long v = t.data().getLong(8 * i);
                    if (v >= 0) {
                        json.number(v);
                    } else {
                        json.raw(Long.toUnsignedString(v));
                    }
                }
                case BYTES -> json.string(t.strings()[i]);
                default -> json.number((long) t.number(i));
            }
        }
        json.raw(']');
    }

    private static void append(Buffer body, Tensor t) {
        if (t.datatype() == Datatype.BYTES) {
            for (String s : t.strings()) {
                byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
                body.appendIntLE(bytes.length).appendBytes(bytes);
            }
        } else if (t.data().hasArray()) {
            ByteBuffer data = t.data();
            body.appendBytes(data.array(), data.arrayOffset(), data.limit());
        } else {
            byte[] bytes = new byte[t.data().limit()];
            t.data().get(0, bytes);
            body.appendBytes(bytes);
        }
    }
}
