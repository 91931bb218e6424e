package dev.millrace.server.protocol;

import com.google.protobuf.ByteString;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.proto.inference.InferTensorContents;
import java.nio.ByteBuffer;

/** Tensors in typed fields. INT8 and INT16 travel in {@code int_contents}, UINT8 and UINT16 in {@code uint_contents}. */
final class ProtoContents {
    private ProtoContents() {}

    static Tensor read(String name, Datatype datatype, long[] shape, InferTensorContents c) {
        int count =
                switch (datatype) {
                    case BOOL -> c.getBoolContentsCount();
                    case INT8, INT16, INT32 -> c.getIntContentsCount();
                    case INT64 -> c.getInt64ContentsCount();
                    case UINT8, UINT16, UINT32 -> c.getUintContentsCount();
                    case UINT64 -> c.getUint64ContentsCount();
                    case FP32 -> c.getFp32ContentsCount();
                    case FP64 -> c.getFp64ContentsCount();
                    case BYTES -> c.getBytesContentsCount();
                    case FP16 ->
                        throw CallException.invalid(
                                "inputs[" + name + "].contents: FP16 travels in raw_input_contents");
                };
        int n = InferProto.elements(name, shape, count);
        if (n != count) {
            throw CallException.invalid(
                    "inputs[" + name + "].contents: has " + count + " " + datatype + " elements, the shape says " + n);
        }
        if (datatype == Datatype.BYTES) {
            String[] strings = new String[n];
            for (int i = 0; i < n; i++) {
                strings[i] = RawContents.text(name, i, c.getBytesContents(i).asReadOnlyByteBuffer());
            }
            return Tensor.of(name, shape, strings);
        }
        ByteBuffer data = Tensor.allocate(datatype, n);
        for (int i = 0; i < n; i++) {
            switch (datatype) {
                case BOOL -> data.put((byte) (c.getBoolContents(i) ? 1 : 0));
                case INT8 ->
                    data.put((byte) range(name, datatype, c.getIntContents(i), Byte.MIN_VALUE, Byte.MAX_VALUE));
                case INT16 ->
                    data.putShort((short) range(name, datatype, c.getIntContents(i), Short.MIN_VALUE, Short.MAX_VALUE));
                case INT32 -> data.putInt(c.getIntContents(i));
                case INT64 -> data.putLong(c.getInt64Contents(i));
                case UINT8 -> data.put((byte) range(name, datatype, c.getUintContents(i) & 0xffff_ffffL, 0, 0xff));
                case UINT16 ->
                    data.putShort((short) range(name, datatype, c.getUintContents(i) & 0xffff_ffffL, 0, 0xffff));
                case UINT32 -> data.putInt(c.getUintContents(i));
                case UINT64 -> data.putLong(c.getUint64Contents(i));
                case FP32 -> data.putFloat(c.getFp32Contents(i));
                case FP64 -> data.putDouble(c.getFp64Contents(i));
                case FP16, BYTES -> throw new IllegalStateException(datatype.name());
            }
        }
        return Tensor.of(name, datatype, shape, data.flip());
    }

    private static long range(String name, Datatype datatype, long value, long min, long max) {
        if (value < min || value > max) {
            throw CallException.invalid("inputs[" + name + "].contents: " + value + " does not fit " + datatype);
        }
        return value;
    }

    static InferTensorContents write(Tensor t) {
        InferTensorContents.Builder c = InferTensorContents.newBuilder();
        for (int i = 0; i < t.elements(); i++) {
            switch (t.datatype()) {
                case BOOL -> c.addBoolContents(t.data().get(i) != 0);
                case INT8, INT16, INT32 -> c.addIntContents((int) t.number(i));
                case INT64 -> c.addInt64Contents(t.data().getLong(8 * i));
                case UINT8, UINT16, UINT32 -> c.addUintContents((int) (long) t.number(i));
                case UINT64 -> c.addUint64Contents(t.data().getLong(8 * i));
                case FP32 -> c.addFp32Contents(t.data().getFloat(4 * i));
                case FP64 -> c.addFp64Contents(t.data().getDouble(8 * i));
                case BYTES -> c.addBytesContents(ByteString.copyFromUtf8(t.strings()[i]));
                case FP16 -> throw new IllegalStateException("FP16 has no typed contents");
            }
        }
        return c.build();
    }
}
