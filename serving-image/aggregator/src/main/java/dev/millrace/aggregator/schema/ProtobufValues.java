package dev.millrace.aggregator.schema;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A message as plain values. A field that can be absent and is has no value; one that cannot (a scalar of proto3 without
 * {@code optional}) has its zero.
 */
final class ProtobufValues {
    private ProtobufValues() {}

    static Map<String, Object> fields(Message message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isMapField()) {
                fields.put(field.getName(), map(message, field));
            } else if (field.isRepeated()) {
                List<Object> values = new ArrayList<>();
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    values.add(value(field, message.getRepeatedField(field, i)));
                }
                fields.put(field.getName(), values);
            } else if (!field.hasPresence() || message.hasField(field)) {
                fields.put(field.getName(), value(field, message.getField(field)));
            }
        }
        return fields;
    }

    private static Map<String, Object> map(Message message, FieldDescriptor field) {
        FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
        FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
            Message entry = (Message) message.getRepeatedField(field, i);
            values.put(String.valueOf(entry.getField(key)), value(value, entry.getField(value)));
        }
        return values;
    }

    private static Object value(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case INT32, SINT32, SFIXED32 -> (long) (Integer) value;
            case UINT32, FIXED32 -> Integer.toUnsignedLong((Integer) value);
            case UINT64, FIXED64 -> unsigned((Long) value);
            case FLOAT -> (double) (Float) value;
            case BYTES -> Base64.getEncoder().encodeToString(((ByteString) value).toByteArray());
            case ENUM -> ((EnumValueDescriptor) value).getName();
            case MESSAGE, GROUP -> message((Message) value);
            default -> value;
        };
    }

    private static Object unsigned(long value) {
        return value >= 0 ? (Object) value : Double.valueOf(Long.toUnsignedString(value));
    }

    private static Object message(Message message) {
        Descriptor type = message.getDescriptorForType();
        return switch (type.getFullName()) {
            case "google.protobuf.Timestamp" -> {
                Instant time = Instant.ofEpochSecond((Long) get(message, "seconds"), (Integer) get(message, "nanos"));
                Math.multiplyExact(time.getEpochSecond(), 1_000L); // fails here where no reader would expect it
                yield time;
            }
            case "google.protobuf.DoubleValue",
                    "google.protobuf.FloatValue",
                    "google.protobuf.Int64Value",
                    "google.protobuf.UInt64Value",
                    "google.protobuf.Int32Value",
                    "google.protobuf.UInt32Value",
                    "google.protobuf.BoolValue",
                    "google.protobuf.StringValue",
                    "google.protobuf.BytesValue" -> value(type.findFieldByName("value"), get(message, "value"));
            case "confluent.type.Decimal" -> {
                byte[] unscaled = ((ByteString) get(message, "value")).toByteArray();
                yield unscaled.length == 0
                        ? 0.0
                        : new BigDecimal(new BigInteger(unscaled), (Integer) get(message, "scale")).doubleValue();
            }
            default -> fields(message);
        };
    }

    private static Object get(Message message, String field) {
        return message.getField(message.getDescriptorForType().findFieldByName(field));
    }
}
