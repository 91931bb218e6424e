package dev.millrace.aggregator.schema;

import java.util.Map;

/** A schema that is known: how a payload is read. For any number of threads. */
public interface EventSchema {
    /**
     * The fields of the payload, nested ones as maps and lists; whole numbers as {@code Long}, others as {@code Double},
     * points in time as {@code Instant}, enums as text, bytes as Base64.
     *
     * @param at where the payload begins, after magic byte and id
     * @throws UndecodableException when it does not fit the schema; nothing else, whatever the bytes are
     */
    Map<String, Object> read(byte[] value, int at) throws UndecodableException;
}
