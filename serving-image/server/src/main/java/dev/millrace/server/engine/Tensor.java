package dev.millrace.server.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A named tensor, row-major. Fixed-size elements lie in {@code data} in little-endian order (the order of every platform
 * that ONNX Runtime has natives for, and of the protocol's raw form); {@code BYTES} elements are {@code strings}.
 *
 * @param shape the first dimension counts rows; empty = a scalar
 * @param data from position 0 to limit; never moved by a reader
 */
public record Tensor(String name, Datatype datatype, long[] shape, ByteBuffer data, String[] strings) {
    private static final String[] NONE = {};
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);

    /** Fixed-size elements. */
    public static Tensor of(String name, Datatype datatype, long[] shape, ByteBuffer data) {
        return new Tensor(name, datatype, shape, data.order(ByteOrder.LITTLE_ENDIAN), NONE);
    }

    /** {@code BYTES} elements. */
    public static Tensor of(String name, long[] shape, String[] strings) {
        return new Tensor(name, Datatype.BYTES, shape, EMPTY, strings);
    }

    /** FP32 rows of equal width. */
    public static Tensor ofRows(String name, float[] values, int rows) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return of(name, Datatype.FP32, new long[] {rows, values.length / rows}, data);
    }

    /** A buffer for {@code elements} of a fixed-size datatype. */
    public static ByteBuffer allocate(Datatype datatype, int elements) {
        return ByteBuffer.allocate(Math.multiplyExact(datatype.size(), elements))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** First dimension; 1 for a scalar. */
    public int rows() {
        return shape.length == 0 ? 1 : (int) shape[0];
    }

    /** Elements in all. */
    public int elements() {
        return datatype == Datatype.BYTES ? strings.length : data.limit() / datatype.size();
    }

    /** Elements of one row. */
    public int rowElements() {
        long n = 1;
        for (int i = 1; i < shape.length; i++) {
            n *= shape[i];
        }
        return (int) n;
    }

    /** Rows {@code from} (inclusive) to {@code to}: a view, not a copy, for fixed-size elements. */
    public Tensor rows(int from, int to) {
        long[] s = shape.clone();
        s[0] = to - from;
        int width = rowElements();
        if (datatype == Datatype.BYTES) {
            return new Tensor(name, datatype, s, EMPTY, Arrays.copyOfRange(strings, from * width, to * width));
        }
        int bytes = width * datatype.size();
        ByteBuffer view = data.slice(from * bytes, (to - from) * bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new Tensor(name, datatype, s, view, NONE);
    }

    /** The element as a number; BOOL as 0 or 1, UINT64 beyond 2^63 as a double. Not for {@code BYTES} and {@code FP16}. */
    public double number(int i) {
        return switch (datatype) {
            case BOOL, UINT8 -> data.get(i) & 0xff;
            case INT8 -> data.get(i);
            case INT16 -> data.getShort(2 * i);
            case UINT16 -> data.getShort(2 * i) & 0xffff;
            case INT32 -> data.getInt(4 * i);
            case UINT32 -> data.getInt(4 * i) & 0xffff_ffffL;
            case INT64 -> data.getLong(8 * i);
            case UINT64 -> {
                long v = data.getLong(8 * i);
                yield v >= 0 ? v : (v >>> 1) * 2.0;
            }
            case FP32 -> data.getFloat(4 * i);
            case FP64 -> data.getDouble(8 * i);
            case FP16 -> half(data.getShort(2 * i));
            case BYTES -> throw new IllegalStateException(name + " holds BYTES, not numbers");
        };
    }

    /** IEEE 754 binary16 to double. (The JDK has it from 20 on.) */
    private static double half(short bits) {
        int exponent = (bits >>> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        double v =
                switch (exponent) {
                    case 0 -> mantissa * 0x1p-24;
                    case 31 -> mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
                    default -> Math.scalb(1024 + mantissa, exponent - 25);
                };
        return bits < 0 ? -v : v;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Tensor t
                && name.equals(t.name)
                && datatype == t.datatype
                && Arrays.equals(shape, t.shape)
                && data.equals(t.data)
                && Arrays.equals(strings, t.strings);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(shape);
    }

    @Override
    public String toString() {
        return name + " " + datatype + Arrays.toString(shape);
    }
}
