package dev.millrace.server.protocol;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads a tensor's {@code data}, nested or flat, straight into the buffer that the engine will copy. */
final class Elements {
    private final JsonCursor in;
    private final String field;
    private final Datatype datatype;
    private final int expected;
    private final ByteBuffer data;
    private final String[] strings;
    private int count;

    private Elements(JsonCursor in, String field, Datatype datatype, int expected) {
        this.in = in;
        this.field = field;
        this.datatype = datatype;
        this.expected = expected;
        boolean bytes = datatype == Datatype.BYTES;
        this.data = Tensor.allocate(datatype, bytes ? 0 : expected);
        this.strings = new String[bytes ? expected : 0];
    }

    /** The cursor stands before the array and is left behind it. */
    static Tensor read(JsonCursor in, String name, Datatype datatype, long[] shape) {
        String field = "inputs[" + name + "].data";
        // an element and its comma take two bytes of JSON, a string three: a larger shape than what is left of the body
        // is
        // a lie, and must not be allocated
        int limit = in.remaining() / (datatype == Datatype.BYTES ? 3 : 2);
        long expected = 1;
        for (long d : shape) {
            expected = d == 0 ? 0 : expected > limit / d ? Long.MAX_VALUE : expected * d;
            if (expected == Long.MAX_VALUE) {
                throw CallException.invalid(field + ": has fewer elements than shape " + Arrays.toString(shape));
            }
        }
        return new Elements(in, field, datatype, (int) expected).read(name, shape);
    }

    private Tensor read(String name, long[] shape) {
        if (in.peek() != '[') {
            throw InferJson.wrong(in, field, "an array");
        }
        in.enter();
        int open = 1;
        boolean mayOpen = true;
        boolean mayClose = true;
        while (open > 0) {
            int c = in.peek();
            if (c == ']' && mayClose) {
                in.leave();
                open--;
                mayOpen = false;
            } else if (c == ',' && !mayOpen) {
                in.comma();
                mayOpen = true;
                mayClose = false;
            } else if (!mayOpen) {
                throw in.unexpected("a comma or ]");
            } else if (c == '[') {
                in.enter();
                open++;
                mayClose = true;
            } else {
                if (count == expected) {
                    // not before it is known to be a value at all
                    in.skip();
                    throw CallException.invalid(field + ": has more than the " + expected + " elements of the shape");
                }
                element(c);
                count++;
                mayOpen = false;
                mayClose = true;
            }
        }
        if (count < expected) {
            throw CallException.invalid(field + ": has " + count + " elements, the shape says " + expected);
        }
        return datatype == Datatype.BYTES
                ? Tensor.of(name, shape, strings)
                : Tensor.of(name, datatype, shape, data.flip());
    }

    private void element(int c) {
        switch (datatype) {
            case FP32 -> data.putFloat(single(c));
            case FP64 -> data.putDouble(decimal(c));
            case BYTES -> {
                if (c != '"') {
                    throw wrong("a string");
                }
                strings[count] = in.string();
            }
            case BOOL -> {
                if (c != 't' && c != 'f') {
                    throw wrong("true or false");
                }
                in.literal(c == 't' ? "true" : "false");
                data.put((byte) (c == 't' ? 1 : 0));
            }
            case FP16 ->
                throw CallException.invalid(field + ": FP16 has no JSON form; send it as binary data or over gRPC");
            case UINT64 -> data.putLong(unsigned64(c));
            case INT64 -> data.putLong(integer(c, Long.MIN_VALUE, Long.MAX_VALUE));
            case INT32 -> data.putInt((int) integer(c, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32 -> data.putInt((int) integer(c, 0, 0xffff_ffffL));
            case INT16 -> data.putShort((short) integer(c, Short.MIN_VALUE, Short.MAX_VALUE));
            case UINT16 -> data.putShort((short) integer(c, 0, 0xffff));
            case INT8 -> data.put((byte) integer(c, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT8 -> data.put((byte) integer(c, 0, 0xff));
        }
    }

    private static boolean isNumber(int c) {
        return c >= '0' && c <= '9' || c == '-';
    }

    private float single(int c) {
        int begin = in.position();
        if (!isNumber(c)) {
            return (float) notFinite(c);
        }
        in.number();
        float value = in.single();
        if (Float.isInfinite(value)) {
            in.seek(begin);
            throw wrong("a number within FP32");
        }
        return value;
    }

    private double decimal(int c) {
        int begin = in.position();
        if (!isNumber(c)) {
            return notFinite(c);
        }
        in.number();
        double value = in.decimal();
        if (Double.isInfinite(value)) {
            in.seek(begin);
            throw wrong("a number within FP64");
        }
        return value;
    }

    /** As this server itself writes them. */
    private double notFinite(int c) {
        int begin = in.position();
        String text = c == '"' ? in.string() : "";
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> {
                in.seek(begin);
                throw wrong("a number");
            }
        };
    }

    private long integer(int c, long min, long max) {
        int begin = in.position();
        if (isNumber(c)) {
            in.number();
            if (in.isWithin(min, max)) {
                return in.integer();
            }
            in.seek(begin);
        }
        throw wrong("a whole number within " + datatype);
    }

    private long unsigned64(int c) {
        int begin = in.position();
        if (isNumber(c)) {
            in.number();
            try {
                return in.unsigned();
            } catch (NumberFormatException e) {
                in.seek(begin);
            }
        }
        throw wrong("a whole number within UINT64");
    }

    /** The cursor stands before the value. */
    private CallException wrong(String wanted) {
        int c = in.peek();
        int begin = in.position();
        in.skip();
        String is = c == '{' ? "an object" : JsonCursor.shown(in.text(begin, in.position()));
        return CallException.invalid(field + "[" + count + "]: must be " + wanted + ", is " + is);
    }
}
