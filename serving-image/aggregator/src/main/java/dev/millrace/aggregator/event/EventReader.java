package dev.millrace.aggregator.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.AggregationFunction;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.store.StoreKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one group's events. The entity comes from the fields named by its keys; the record's own key only partitions.
 * For any number of threads.
 */
public final class EventReader {
    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(new TypeReference<Map<String, Object>>() {});

    /** The key of an entity's value: of the stream's part, or of the batch's. */
    private interface Keys {
        String of(String ns, Entity entity, List<String> ids, FeatureGroup group);
    }

    private final Keys keys;
    private final String ns;
    private final Entity entity;
    private final FeatureGroup group;
    private final long maxFutureMs;
    private final @Nullable EventTime eventTime;
    private final @Nullable EventFilter filter;
    private final List<String> columns;
    private final boolean[] numeric;

    private EventReader(
            Keys keys,
            String ns,
            Entity entity,
            FeatureGroup group,
            FeatureGroup.Stream stream,
            @Nullable EventTime eventTime,
            @Nullable EventFilter filter,
            TileLayout layout) {
        this.keys = keys;
        this.ns = ns;
        this.entity = entity;
        this.group = group;
        this.maxFutureMs = stream.maxFutureMs();
        this.eventTime = eventTime;
        this.filter = filter;
        this.columns = layout.columns();
        this.numeric = new boolean[columns.size()];
        for (FeatureGroup.Aggregation a : group.aggregations()) {
            int column = a.column() == null ? -1 : columns.indexOf(a.column());
            if (column >= 0 && readsNumber(AggregationFunction.of(a.function()))) {
                numeric[column] = true;
            }
        }
    }

    /** The others ask only whether a value is there, or which. */
    private static boolean readsNumber(AggregationFunction f) {
        return switch (f) {
            case COUNT, TIME_SINCE_LAST, APPROX_COUNT_DISTINCT -> false;
            default -> true;
        };
    }

    /** @throws ConfigException naming the field of the group that cannot be honoured */
    public static EventReader of(String ns, Entity entity, FeatureGroup group, TileLayout layout) {
        String field = "groups[" + group.name() + "].stream.";
        FeatureGroup.Stream stream = group.stream();
        if (stream == null) {
            throw new ConfigException("groups[" + group.name() + "] has no stream");
        }
        if (!stream.format().equals("json")) {
            throw new ConfigException(field + "format: '" + stream.format() + "' is not supported, use json");
        }
        try {
            String timeField = stream.eventTimeField();
            String expression = stream.filter();
            return new EventReader(
                    StoreKeys::value,
                    ns,
                    entity,
                    group,
                    stream,
                    timeField == null ? null : EventTime.of(timeField, stream.eventTimeUnit()),
                    expression == null || expression.isBlank() ? null : EventFilter.of(expression),
                    layout);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(field + e.getMessage(), e);
        }
    }

    /**
     * The events of a hybrid group's files, which must count as the topic's do: same filter, same columns, same ids.
     *
     * @throws ConfigException naming the field of the group that cannot be honoured
     */
    public static EventReader ofFiles(String ns, Entity entity, FeatureGroup group, TileLayout layout) {
        FeatureGroup.Stream stream = group.stream();
        if (stream == null) {
            throw new ConfigException("groups[" + group.name() + "] has no stream");
        }
        String filter = stream.filter();
        try {
            return new EventReader(
                    StoreKeys::batchValue,
                    ns,
                    entity,
                    group,
                    stream,
                    null,
                    filter == null || filter.isBlank() ? null : EventFilter.of(filter),
                    layout);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("groups[" + group.name() + "].stream." + e.getMessage(), e);
        }
    }

    /**
     * @param value of the record, null for a tombstone
     * @param recordTimestampMs the event time where the group names no field
     * @param nowMs bounds the future
     * @return null when the filter said no
     * @throws RejectedEventException when it belongs in the dead letter topic
     */
    public @Nullable Event read(byte @Nullable [] value, long recordTimestampMs, long nowMs)
            throws RejectedEventException {
        return read(parse(value), recordTimestampMs, nowMs);
    }

    /** As {@link #read(byte[], long, long)}, of fields that are known: whole numbers as {@code Long}, others as {@code Double}. */
    public @Nullable Event read(Map<String, Object> fields, long recordTimestampMs, long nowMs)
            throws RejectedEventException {
        if (filter != null && !filter.test(fields)) {
            return null;
        }
        String key = storeKey(fields);
        long timeMs = eventTime == null ? recordTimestampMs : eventTime.of(fields);
        if (timeMs > nowMs + maxFutureMs) {
            throw new RejectedEventException(
                    RejectReason.FUTURE_EVENT,
                    "event time is " + (timeMs - nowMs) + " ms in the future, maxFuture is " + maxFutureMs + " ms");
        }
        return new Event(key, timeMs, JsonColumns.read(columns, numeric, fields));
    }

    private static Map<String, Object> parse(byte @Nullable [] value) throws RejectedEventException {
        if (value == null || value.length == 0) {
            throw new RejectedEventException(RejectReason.EMPTY_VALUE, "the record has no value");
        }
        try {
            Map<String, Object> fields = JSON.readValue(value);
            if (fields == null) {
                throw new RejectedEventException(RejectReason.NOT_JSON, "the value is null, not a JSON object");
            }
            return fields;
        } catch (JsonProcessingException e) {
            throw new RejectedEventException(
                    RejectReason.NOT_JSON, "not a JSON object: " + Texts.brief(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new RejectedEventException(
                    RejectReason.NOT_JSON, "not a JSON object: " + Texts.brief(e.getMessage()));
        }
    }

    private String storeKey(Map<String, Object> fields) throws RejectedEventException {
        List<String> ids = new ArrayList<>(entity.keys().size());
        for (EntityKey key : entity.keys()) {
            Object id = fields.get(key.name());
            if (id == null || (id instanceof String text && text.isEmpty())) {
                throw new RejectedEventException(
                        RejectReason.INVALID_ENTITY_KEY, "entity key '" + key.name() + "' is missing");
            }
            try {
                ids.add(StoreKeys.canonicalId(key, id));
            } catch (IllegalArgumentException e) {
                throw new RejectedEventException(
                        RejectReason.INVALID_ENTITY_KEY, "entity key " + e.getMessage() + ", not " + Texts.brief(id));
            }
        }
        return keys.of(ns, entity, ids, group);
    }
}
