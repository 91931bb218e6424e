package dev.millrace.aggregator.batch;

import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.store.StoreKeys;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** From a row of text to a key and a value of the store. Pure. */
final class RowCodec {
    /** ISO 8601 with T or a space, to the second or finer, with or without a zone, or a date alone. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendPattern("['T'][' ']")
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .optionalStart()
            .appendOffset("+HH:mm", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HH", "Z")
            .optionalEnd()
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    private final String ns;
    private final Entity entity;
    private final FeatureGroup group;
    private final ColumnCodec codec;
    private final @Nullable FeastView feast;
    private final @Nullable String timestampField;
    private final double[] values;

    RowCodec(String ns, Entity entity, FeatureGroup group, @Nullable String timestampField) {
        this.ns = ns;
        this.entity = entity;
        this.group = group;
        this.codec = ColumnCodec.of(group);
        this.feast = group.feast() == null ? null : FeastView.of(group, entity);
        this.timestampField = timestampField;
        this.values = new double[codec.width()];
    }

    /** Columns of a row, in order: entity keys, features, the row's time where the group has one. */
    List<String> columns() {
        List<String> columns = new ArrayList<>();
        entity.keys().forEach(key -> columns.add(key.name()));
        columns.addAll(codec.features());
        if (timestampField != null) {
            columns.add(timestampField);
        }
        return columns;
    }

    /** A row, ready to be written. */
    record Encoded(String key, byte[] value, long timeMs) {}

    /**
     * @param runStartMs the version
     * @throws IllegalArgumentException naming the column and what it should have been
     */
    Encoded encode(@Nullable String[] row, int epoch, long runStartMs, long nowMs) {
        int at = 0;
        List<String> ids = new ArrayList<>(entity.keys().size());
        for (EntityKey key : entity.keys()) {
            String id = row[at++];
            if (id == null || id.isEmpty()) {
                throw new IllegalArgumentException("column " + key.name() + ": is empty, and it is a key");
            }
            ids.add(StoreKeys.canonicalId(key, id));
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = number(codec.features().get(i), row[at++]);
        }
        long timeMs = timestampField == null ? runStartMs : time(timestampField, row[at]);
        byte[] value = codec.encode(epoch, runStartMs, timeMs, nowMs, values);
        return feast == null
                ? new Encoded(StoreKeys.value(ns, entity, ids, group), value, timeMs)
                : new Encoded(feast.keyName(ids), feast.finish(value, values), timeMs);
    }

    private static double number(String column, @Nullable String text) {
        if (text == null || text.isBlank()) {
            return Double.NaN;
        }
        switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true":
                return 1;
            case "false":
                return 0;
            case "nan", "null":
                return Double.NaN;
            default:
        }
        try {
            double number = Double.parseDouble(text);
            if (Double.isInfinite(number)) {
                throw new IllegalArgumentException("column " + column + ": " + text + " is not a finite number");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("column " + column + ": '" + text + "' is not a number", e);
        }
    }

    /** @throws IllegalArgumentException naming the column and what it should have been */
    static long time(String column, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("column " + column + ": is empty, and it is the row's time");
        }
        try {
            return text.chars().allMatch(c -> c >= '0' && c <= '9') ? epoch(Long.parseLong(text)) : iso(text.strip());
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(
                    "column " + column + ": '" + text + "' is not a time: use ISO 8601, or seconds or ms since 1970",
                    e);
        }
    }

    /** Seconds, ms, µs or ns, told apart by size: each reading holds from 1973 to 5138. */
    private static long epoch(long number) {
        if (number < 100_000_000_000L) {
            return number * 1_000;
        }
        if (number < 100_000_000_000_000L) {
            return number;
        }
        return number < 100_000_000_000_000_000L ? number / 1_000 : number / 1_000_000;
    }

    private static long iso(String text) {
        TemporalAccessor time = TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
        if (time instanceof OffsetDateTime offset) {
            return offset.toInstant().toEpochMilli();
        }
        LocalDateTime local = time instanceof LocalDateTime dateTime ? dateTime : ((LocalDate) time).atStartOfDay();
        return local.toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
