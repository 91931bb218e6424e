package dev.millrace.aggregator.event;

import dev.millrace.contract.feature.ValueHash;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The id that a producer gave an event: a field with a string, a number or a point in time, as a 64-bit hash. A CloudEvent is
 * known by its source and its id together.
 */
final class EventId {
    private static final String CLOUD_EVENT_ID = "ce_id";
    private static final String CLOUD_EVENT_SOURCE = "ce_source";

    private final String field;
    private final boolean withSource;

    EventId(String field, String format) {
        this.field = field;
        this.withSource = field.equals(CLOUD_EVENT_ID) && format.equals("cloudevents");
    }

    /** @throws RejectedEventException when the event has none: nothing would tell its copies from it */
    long of(Map<String, Object> fields) throws RejectedEventException {
        long id = hash(field, Fields.get(fields, field));
        return withSource ? 31 * id + hash(CLOUD_EVENT_SOURCE, fields.get(CLOUD_EVENT_SOURCE)) : id;
    }

    private static long hash(String name, @Nullable Object value) throws RejectedEventException {
        if (value instanceof String text && !text.isEmpty()) {
            return ValueHash.of(text);
        }
        if (value instanceof Long whole) {
            return ValueHash.of(whole.longValue());
        }
        if (value instanceof Number number) {
            return ValueHash.of(number.doubleValue());
        }
        if (value instanceof Instant time) {
            return ValueHash.of(time.toString());
        }
        throw new RejectedEventException(
                RejectReason.INVALID_ID,
                "dedup.field '" + name + "' must be a string or a number, not " + Texts.brief(value));
    }
}
