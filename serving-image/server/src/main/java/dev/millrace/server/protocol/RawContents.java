package dev.millrace.server.protocol;

import com.google.protobuf.ByteString;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Raw tensors: little-endian, row-major; each element of BYTES after its length in four bytes. */
final class RawContents {
    private RawContents() {}

    static Tensor read(String name, Datatype datatype, long[] shape, ByteString raw) {
        int n = InferProto.elements(name, shape, raw.size());
        ByteBuffer data = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        if (datatype != Datatype.BYTES) {
            if ((long) n * datatype.size() != raw.size()) {
                throw CallException.invalid("raw_input_contents[" + name + "]: has " + raw.size()
                        + " bytes, the shape says " + (long) n * datatype.size());
            }
            return Tensor.of(name, datatype, shape, data.slice());
        }
        String[] strings = new String[n];
        for (int i = 0; i < n; i++) {
            int length = data.remaining() < 4 ? -1 : data.getInt();
            if (length < 0 || length > data.remaining()) {
                throw CallException.invalid("raw_input_contents[" + name + "]: ends within element " + i);
            }
            strings[i] = text(name, i, data.slice(data.position(), length));
            data.position(data.position() + length);
        }
        if (data.hasRemaining()) {
            throw CallException.invalid("raw_input_contents[" + name + "]: has more than the " + n + " elements");
        }
        return Tensor.of(name, shape, strings);
    }

    /** ONNX strings are UTF-8. */
    static String text(String name, int index, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw CallException.invalid("inputs[" + name + "]: element " + index + " is not UTF-8");
        }
    }

    static ByteString write(Tensor t) {
        if (t.datatype() != Datatype.BYTES) {
            return InferProto.bytes(t.data());
        }
        ByteString.Output out = ByteString.newOutput();
        for (String s : t.strings()) {
            byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
            byte[] length = ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(bytes.length)
                    .array();
            out.write(length, 0, 4);
            out.write(bytes, 0, bytes.length);
        }
        return out.toByteString();
    }
}
