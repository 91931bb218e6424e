package dev.millrace.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;

/** Elements of tensors as JSON numbers, booleans and strings. NaN and infinities become strings: JSON has no such number. */
public final class TensorJson {
    private TensorJson() {}

    /** All elements, flat, row-major. */
    public static void writeData(JsonGenerator json, Tensor tensor) throws IOException {
        json.writeStartArray();
        for (int i = 0; i < tensor.elements(); i++) {
            writeElement(json, tensor, i);
        }
        json.writeEndArray();
    }

    /** Tensors of one row as an object by name: a row of one element as that element, any other as a flat array. */
    public static void writeRow(JsonGenerator json, List<Tensor> outputs) throws IOException {
        json.writeStartObject();
        for (Tensor t : outputs) {
            json.writeFieldName(t.name());
            if (t.elements() == 1) {
                writeElement(json, t, 0);
            } else {
                writeData(json, t);
            }
        }
        json.writeEndObject();
    }

    private static void writeElement(JsonGenerator json, Tensor t, int i) throws IOException {
        switch (t.datatype()) {
            case BOOL -> json.writeBoolean(t.data().get(i) != 0);
            // the shortest text that reads back as the same float
            case FP32 -> json.writeNumber(t.data().getFloat(4 * i));
            case FP64, FP16 -> json.writeNumber(t.number(i));
            case INT64 -> json.writeNumber(t.data().getLong(8 * i));
            case UINT64 ->
                json.writeNumber(new BigInteger(Long.toUnsignedString(t.data().getLong(8 * i))));
            case UINT8, UINT16, UINT32, INT8, INT16, INT32 -> json.writeNumber((long) t.number(i));
            case BYTES -> json.writeString(t.strings()[i]);
        }
    }

    /** Whether the elements can be written as JSON at all; half precision travels only in binary. */
    public static boolean isJson(Datatype datatype) {
        return datatype != Datatype.FP16;
    }
}
