package dev.millrace.aggregator.event;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the event time of a group's events as milliseconds since 1970. */
final class EventTime {
    private final String field;
    private final Unit unit;

    private enum Unit {
        S(1000, 1),
        MS(1, 1),
        US(1, 1_000),
        NS(1, 1_000_000),
        ISO8601(0, 0);

        final long times;
        final long over;

        Unit(long times, long over) {
            this.times = times;
            this.over = over;
        }
    }

    private EventTime(String field, Unit unit) {
        this.field = field;
        this.unit = unit;
    }

    /** @throws IllegalArgumentException for a unit that does not exist */
    static EventTime of(String field, String unit) {
        return new EventTime(
                field,
                switch (unit) {
                    case "s" -> Unit.S;
                    case "ms" -> Unit.MS;
                    case "us" -> Unit.US;
                    case "ns" -> Unit.NS;
                    case "iso8601" -> Unit.ISO8601;
                    default ->
                        throw new IllegalArgumentException(
                                "eventTime.unit: '" + unit + "' is none of s, ms, us, ns, iso8601");
                });
    }

    long of(Map<String, Object> fields) throws RejectedEventException {
        Object value = Fields.get(fields, field);
        if (value == null) {
            throw rejected("is missing");
        }
        // a field whose type says that it is a time needs no unit
        long ms = value instanceof Instant time ? millis(time) : unit == Unit.ISO8601 ? iso(value) : number(value);
        if (ms < 0) {
            throw rejected("is before 1970: " + value);
        }
        return ms;
    }

    private long millis(Instant time) throws RejectedEventException {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return fail(time);
        }
    }

    private long number(Object value) throws RejectedEventException {
        try {
            if (value instanceof Long whole) {
                return Math.multiplyExact(whole, unit.times) / unit.over;
            }
            double number = value instanceof Double d ? d : Double.parseDouble(String.valueOf(value));
            if (Math.abs(number) < 0x1p62 && !(value instanceof Boolean)) {
                double ms = number * unit.times / unit.over;
                return Math.abs(ms) < 0x1p62 ? (long) Math.floor(ms) : fail(value);
            }
            return fail(value);
        } catch (NumberFormatException | ArithmeticException e) {
            return fail(value);
        }
    }

    private long iso(Object value) throws RejectedEventException {
        if (!(value instanceof String text)) {
            return fail(value);
        }
        try {
            TemporalAccessor time =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
            Instant instant = time instanceof OffsetDateTime offset
                    ? offset.toInstant()
                    // a time without a zone is UTC: the only reading that does not depend on the machine
                    : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
            return instant.toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            return fail(value);
        }
    }

    private long fail(@Nullable Object value) throws RejectedEventException {
        throw rejected(
                "must be a time in " + unit.name().toLowerCase(java.util.Locale.ROOT) + ", not " + Texts.brief(value));
    }

    private RejectedEventException rejected(String what) {
        return new RejectedEventException(RejectReason.INVALID_EVENT_TIME, "event time '" + field + "' " + what);
    }
}
