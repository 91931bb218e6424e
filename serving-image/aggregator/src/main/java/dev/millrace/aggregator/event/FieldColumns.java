package dev.millrace.aggregator.event;

import dev.millrace.contract.feature.EventColumns;
import dev.millrace.contract.feature.ValueHash;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event's columns, read once. Numbers and strings of digits are numbers, booleans 0 and 1, points in time milliseconds since 1970; an object or a list is
 * no value of a column.
 */
final class FieldColumns implements EventColumns {
    private final double[] numbers;
    private final long[] hashes;
    private final boolean[] nulls;

    private FieldColumns(int width) {
        this.numbers = new double[width];
        this.hashes = new long[width];
        this.nulls = new boolean[width];
    }

    /**
     * @param numeric by column: whether an aggregation reads it as a number
     * @throws RejectedEventException naming the column that is no number
     */
    static FieldColumns read(List<String> columns, boolean[] numeric, Map<String, Object> fields)
            throws RejectedEventException {
        FieldColumns row = new FieldColumns(columns.size());
        for (int i = 0; i < numeric.length; i++) {
            Object value = Fields.get(fields, columns.get(i));
            if (!row.set(i, value) && (numeric[i] || value instanceof Map || value instanceof List)) {
                throw new RejectedEventException(
                        RejectReason.INVALID_COLUMN,
                        "column '" + columns.get(i) + "' must be a " + (numeric[i] ? "number" : "single value")
                                + ", not " + Texts.brief(value));
            }
        }
        return row;
    }

    /** False when the value is there and no number. */
    private boolean set(int i, @Nullable Object value) {
        if (value == null) {
            nulls[i] = true;
            return true;
        }
        if (value instanceof Instant time) {
            numbers[i] = time.toEpochMilli();
            hashes[i] = ValueHash.of(time.toEpochMilli());
            return true;
        }
        if (value instanceof Number number) {
            numbers[i] = number.doubleValue();
            hashes[i] = number instanceof Long whole ? ValueHash.of(whole.longValue()) : ValueHash.of(numbers[i]);
            // a number beyond a double's range is not one that can be summed
            return Double.isFinite(numbers[i]);
        }
        if (value instanceof Boolean flag) {
            numbers[i] = flag ? 1 : 0;
            hashes[i] = ValueHash.of(flag.booleanValue());
            return true;
        }
        if (value instanceof String text) {
            hashes[i] = ValueHash.of(text);
            try {
                numbers[i] = Double.parseDouble(text);
                return Double.isFinite(numbers[i]);
            } catch (NumberFormatException e) {
                numbers[i] = Double.NaN;
                return false;
            }
        }
        return false;
    }

    @Override
    public double number(int column) {
        return numbers[column];
    }

    @Override
    public long hash(int column) {
        return hashes[column];
    }

    @Override
    public boolean isNull(int column) {
        return nulls[column];
    }
}
