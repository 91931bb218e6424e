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
        return read(name, datatype, shape, raw.asReadOnlyByteBuffer(), "raw_input_contents[" + name + "]");
    }

    /** A view of {@code raw}, which starts at 0. {@code field}: for messages. */
    static Tensor read(String name, Datatype datatype, long[] shape, ByteBuffer raw, String field) {
        int size = raw.remaining();
        int n = InferProto.elements(name, shape, size);
        ByteBuffer data = raw.order(ByteOrder.LITTLE_ENDIAN);
        if (datatype != Datatype.BYTES) {
            if ((long) n * datatype.size() != size) {
                throw CallException.invalid(
                        field + ": has " + size + " bytes, the shape says " + (long) n * datatype.size());
            }
            for (int i = 0; datatype == Datatype.BOOL && i < n; i++) {
                if ((data.get(i) & 0xfe) != 0) {
                    throw CallException.invalid(field + ": element " + i + " is neither 0 nor 1");
                }
            }
            return Tensor.of(name, datatype, shape, data.slice());
        }
        if (n > size / 4) {
            throw CallException.invalid(field + ": has " + size + " bytes, fewer than " + n + " elements take");
        }
        String[] strings = new String[n];
        for (int i = 0; i < n; i++) {
            int length = data.remaining() < 4 ? -1 : data.getInt();
            if (length < 0 || length > data.remaining()) {
                throw CallException.invalid(field + ": ends within element " + i);
            }
            strings[i] = text(name, i, data.slice(data.position(), length));
            data.position(data.position() + length);
        }
        if (data.hasRemaining()) {
            throw CallException.invalid(field + ": has more than the " + n + " elements");
        }
        return Tensor.of(name, shape, strings);
    }

    /** How many elements of BYTES there are; one that is cut off counts. */
    static int count(byte[] raw) {
        ByteBuffer data = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        int n = 0;
        while (data.remaining() >= 4) {
            int length = data.getInt();
            n++;
            if (length < 0 || length > data.remaining()) {
                break;
            }
            data.position(data.position() + length);
        }
        return n;
    }

    /** ONNX strings are UTF-8. */
    static String text(String name, int index, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw CallException.invalid("inputs[" + name + "]: element " + index + " is not UTF-8");
        }
    }

    /** Bytes of {@link #write}. */
    static int size(Tensor t) {
        if (t.datatype() != Datatype.BYTES) {
            return t.data().limit();
        }
        int size = 0;
        for (String s : t.strings()) {
            size += 4 + s.getBytes(StandardCharsets.UTF_8).length;
        }
        return size;
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
