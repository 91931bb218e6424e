package dev.millrace.aggregator.event;

import java.util.Map;

/** How the bytes of a record become fields. */
@FunctionalInterface
interface RecordFormat {
    /** @param value not empty */
    Map<String, Object> fields(byte[] value, EventHeaders headers) throws RejectedEventException;
}
