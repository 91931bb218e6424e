package dev.millrace.server.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Reads a tensor's {@code data}, nested or flat, straight into the buffer that the engine will copy. */
final class Elements {
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private final String field;
    private final Datatype datatype;
    private final int expected;
    private final ByteBuffer data;
    private final String[] strings;
    private int count;

    /** {@code field}: for messages. {@code expected}: as the shape says. */
    Elements(String field, Datatype datatype, int expected) {
        this.field = field;
        this.datatype = datatype;
        this.expected = expected;
        boolean bytes = datatype == Datatype.BYTES;
        this.data = Tensor.allocate(datatype, bytes ? 0 : expected);
        this.strings = new String[bytes ? expected : 0];
    }

    /** The parser stands at the array's start and is left at its end. */
    Tensor read(JsonParser json, String name, long[] shape) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw CallException.invalid(field + ": must be an array");
        }
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == JsonToken.START_ARRAY) {
                depth++;
            } else if (token == JsonToken.END_ARRAY) {
                depth--;
            } else {
                if (count == expected) {
                    throw CallException.invalid(field + ": has more than the " + expected + " elements of the shape");
                }
                element(json, token);
                count++;
            }
        }
        if (count < expected) {
            throw CallException.invalid(field + ": has " + count + " elements, the shape says " + expected);
        }
        return datatype == Datatype.BYTES
                ? Tensor.of(name, shape, strings)
                : Tensor.of(name, datatype, shape, data.flip());
    }

    private void element(JsonParser json, JsonToken token) throws IOException {
        switch (datatype) {
            case BYTES -> {
                if (token != JsonToken.VALUE_STRING) {
                    throw wrong(json, "a string");
                }
                strings[count] = json.getText();
            }
            case BOOL -> {
                if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
                    throw wrong(json, "true or false");
                }
                data.put((byte) (token == JsonToken.VALUE_TRUE ? 1 : 0));
            }
            case FP32 -> data.putFloat(single(json, token));
            case FP64 -> data.putDouble(decimal(json, token));
            case FP16 -> throw CallException.invalid(field + ": FP16 has no JSON form; send it over gRPC");
            case UINT64 -> data.putLong(unsigned64(json, token));
            case INT64 -> data.putLong(integer(json, token, Long.MIN_VALUE, Long.MAX_VALUE));
            case INT32 -> data.putInt((int) integer(json, token, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32 -> data.putInt((int) integer(json, token, 0, 0xffff_ffffL));
            case INT16 -> data.putShort((short) integer(json, token, Short.MIN_VALUE, Short.MAX_VALUE));
            case UINT16 -> data.putShort((short) integer(json, token, 0, 0xffff));
            case INT8 -> data.put((byte) integer(json, token, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT8 -> data.put((byte) integer(json, token, 0, 0xff));
        }
    }

    private float single(JsonParser json, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return (float) notFinite(json);
        }
        if (!token.isNumeric()) {
            throw wrong(json, "a number");
        }
        float value = json.getFloatValue();
        if (Float.isInfinite(value)) {
            throw wrong(json, "a number within FP32");
        }
        return value;
    }

    private double decimal(JsonParser json, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING) {
            return notFinite(json);
        }
        if (!token.isNumeric()) {
            throw wrong(json, "a number");
        }
        double value = json.getDoubleValue();
        if (Double.isInfinite(value)) {
            throw wrong(json, "a number within FP64");
        }
        return value;
    }

    /** As this server itself writes them. */
    private double notFinite(JsonParser json) throws IOException {
        return switch (json.getText()) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw wrong(json, "a number");
        };
    }

    private long integer(JsonParser json, JsonToken token, long min, long max) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw wrong(json, "a whole number within " + datatype);
        }
        long value = json.getLongValue();
        if (value < min || value > max) {
            throw wrong(json, "a whole number within " + datatype);
        }
        return value;
    }

    private long unsigned64(JsonParser json, JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw wrong(json, "a whole number within UINT64");
        }
        BigInteger value = json.getBigIntegerValue();
        if (value.signum() < 0 || value.compareTo(MAX_UINT64) > 0) {
            throw wrong(json, "a whole number within UINT64");
        }
        return value.longValue();
    }

    private CallException wrong(JsonParser json, String wanted) throws IOException {
        String text = json.currentToken().isStructStart() ? "an object" : json.getText();
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return CallException.invalid(field + "[" + count + "]: must be " + wanted + ", is " + shown);
    }
}
