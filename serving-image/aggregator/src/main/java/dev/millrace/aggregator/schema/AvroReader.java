package dev.millrace.aggregator.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro's binary encoding straight into plain values. Not Avro's own decoder, because that believes the lengths it
 * reads: one flipped bit in a string's length asks for 2 GiB, and takes the process with it. Here no length is greater than
 * what is left, no value is deeper than {@link #MAX_DEPTH}, and there are not many more values than bytes.
 */
final class AvroReader {
    static final int MAX_DEPTH = 64;

    private final byte[] bytes;
    private int at;
    /** Values without a byte of their own (null, an empty record) could otherwise come in billions. */
    private long budget;

    AvroReader(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
        this.budget = 1_000 + 16L * (bytes.length - at);
    }

    int remaining() {
        return bytes.length - at;
    }

    Map<String, Object> fields(Schema record, int depth) throws UndecodableException {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (Schema.Field field : record.getFields()) {
            Object value;
            try {
                value = value(field.schema(), depth + 1);
            } catch (UndecodableException e) {
                throw depth > 0 ? e : new UndecodableException("field '" + field.name() + "': " + e.getMessage());
            }
            if (value != null) {
                fields.put(field.name(), value);
            }
        }
        return fields;
    }

    private @Nullable Object value(Schema schema, int depth) throws UndecodableException {
        if (depth > MAX_DEPTH) {
            throw new UndecodableException("nested deeper than " + MAX_DEPTH);
        }
        if (--budget < 0) {
            throw new UndecodableException("more values than its length allows");
        }
        return switch (schema.getType()) {
            case NULL -> null;
            case BOOLEAN -> next() != 0;
            case INT, LONG -> whole(schema.getLogicalType(), varint());
            case FLOAT -> (double) Float.intBitsToFloat((int) little(4));
            case DOUBLE -> Double.longBitsToDouble(little(8));
            case STRING -> new String(take(length()), UTF_8);
            case BYTES -> binary(schema.getLogicalType(), take(length()));
            case FIXED -> binary(schema.getLogicalType(), take(schema.getFixedSize()));
            case ENUM ->
                schema.getEnumSymbols().get(index(schema.getEnumSymbols().size()));
            case UNION -> value(schema.getTypes().get(index(schema.getTypes().size())), depth + 1);
            case RECORD -> fields(schema, depth);
            case ARRAY -> array(schema.getElementType(), depth);
            case MAP -> map(schema.getValueType(), depth);
        };
    }

    private List<Object> array(Schema element, int depth) throws UndecodableException {
        List<Object> values = new ArrayList<>();
        for (long left = block(); left > 0; left = block()) {
            for (long i = 0; i < left; i++) {
                Object value = value(element, depth + 1);
                if (value != null) {
                    values.add(value);
                }
            }
        }
        return values;
    }

    private Map<String, Object> map(Schema type, int depth) throws UndecodableException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (long left = block(); left > 0; left = block()) {
            for (long i = 0; i < left; i++) {
                String key = new String(take(length()), UTF_8);
                Object value = value(type, depth + 1);
                if (value != null) {
                    values.put(key, value);
                }
            }
        }
        return values;
    }

    /** Items of the next block; a negative count has the block's size in bytes behind it. */
    private long block() throws UndecodableException {
        long count = varint();
        if (count >= 0) {
            return count;
        }
        varint();
        if (count == Long.MIN_VALUE) {
            throw new UndecodableException("a block of " + count + " items");
        }
        return -count;
    }

    private static Object whole(@Nullable LogicalType type, long value) throws UndecodableException {
        try {
            if (type instanceof LogicalTypes.TimestampMillis || type instanceof LogicalTypes.LocalTimestampMillis) {
                return Instant.ofEpochMilli(value);
            }
            if (type instanceof LogicalTypes.TimestampMicros || type instanceof LogicalTypes.LocalTimestampMicros) {
                return instant(value, 1_000_000);
            }
            if (type instanceof LogicalTypes.TimestampNanos || type instanceof LogicalTypes.LocalTimestampNanos) {
                return instant(value, 1_000_000_000);
            }
            return type instanceof LogicalTypes.Date
                    ? LocalDate.ofEpochDay(value).toString()
                    : (Object) value;
        } catch (DateTimeException e) {
            throw new UndecodableException("no " + type.getName() + ": " + value);
        }
    }

    /** @param parts of a second */
    private static Instant instant(long value, long parts) {
        return Instant.ofEpochSecond(
                Math.floorDiv(value, parts), Math.floorMod(value, parts) * (1_000_000_000 / parts));
    }

    private static Object binary(@Nullable LogicalType type, byte[] value) {
        if (type instanceof LogicalTypes.Decimal decimal) {
            // features are doubles: nothing is lost here that would not be lost later
            return value.length == 0 ? 0.0 : new BigDecimal(new BigInteger(value), decimal.getScale()).doubleValue();
        }
        return Base64.getEncoder().encodeToString(value);
    }

    private int index(int bound) throws UndecodableException {
        long index = varint();
        if (index < 0 || index >= bound) {
            throw new UndecodableException("choice " + index + " of " + bound);
        }
        return (int) index;
    }

    private int length() throws UndecodableException {
        long length = varint();
        if (length < 0 || length > remaining()) {
            throw new UndecodableException("a length of " + length + " with " + remaining() + " bytes left");
        }
        return (int) length;
    }

    private byte[] take(int length) throws UndecodableException {
        if (length > remaining()) {
            throw new UndecodableException("it ends too early");
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    private byte next() throws UndecodableException {
        if (remaining() < 1) {
            throw new UndecodableException("it ends too early");
        }
        return bytes[at++];
    }

    private long little(int width) throws UndecodableException {
        byte[] raw = take(width);
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | raw[i] & 0xff;
        }
        return value;
    }

    private long varint() throws UndecodableException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = next();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new UndecodableException("a number of more than 10 bytes");
    }
}
