package dev.millrace.aggregator.event;

import dev.millrace.aggregator.schema.SchemaCache;
import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastView;
import dev.millrace.contract.feature.AggregationFunction;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.store.StoreKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one group's events. The entity comes from the fields named by its keys; the record's own key only partitions.
 * For any number of threads.
 */
public final class EventReader {
    /** The key of an entity's value: of the stream's part, or of the batch's. */
    private interface Keys {
        String of(String ns, Entity entity, List<String> ids, FeatureGroup group);
    }

    private final Keys keys;
    private final String ns;
    private final Entity entity;
    private final FeatureGroup group;
    private final RecordFormat format;
    private final @Nullable SchemaCache schemas;
    private final long maxFutureMs;
    private final @Nullable EventTime eventTime;
    private final @Nullable EventFilter filter;
    private final @Nullable EventId id;
    private final List<String> columns;
    private final boolean[] numeric;

    private EventReader(
            Keys keys,
            String ns,
            Entity entity,
            FeatureGroup group,
            FeatureGroup.Stream stream,
            RecordFormat format,
            @Nullable SchemaCache schemas,
            @Nullable EventTime eventTime,
            @Nullable EventFilter filter,
            TileLayout layout) {
        this.keys = keys;
        this.ns = ns;
        this.entity = entity;
        this.group = group;
        this.format = format;
        this.schemas = schemas;
        this.maxFutureMs = stream.maxFutureMs();
        this.eventTime = eventTime;
        this.filter = filter;
        FeatureGroup.Dedup dedup = stream.dedup();
        this.id = dedup == null ? null : new EventId(dedup.field(), stream.format());
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

    /** For the formats that need no schema. */
    public static EventReader of(String ns, Entity entity, FeatureGroup group, TileLayout layout) {
        return of(ns, entity, group, layout, null);
    }

    /**
     * @param schemas of the formats that have them; null = the document names no registry
     * @throws ConfigException naming the field of the group that cannot be honoured
     */
    public static EventReader of(
            String ns, Entity entity, FeatureGroup group, TileLayout layout, @Nullable SchemaCache schemas) {
        String field = "groups[" + group.name() + "].stream.";
        FeatureGroup.Stream stream = group.stream();
        if (stream == null) {
            throw new ConfigException("groups[" + group.name() + "] has no stream");
        }
        try {
            String timeField = stream.eventTimeField();
            String expression = stream.filter();
            FeastView feast = group.feast() == null ? null : FeastView.of(group, entity);
            return new EventReader(
                    feast == null ? StoreKeys::value : (n, e, ids, g) -> feast.keyName(ids),
                    ns,
                    entity,
                    group,
                    stream,
                    format(field, stream.format(), schemas),
                    schemas,
                    timeField == null ? null : EventTime.of(timeField, stream.eventTimeUnit()),
                    expression == null || expression.isBlank() ? null : EventFilter.of(expression),
                    layout);
        } catch (IllegalArgumentException e) {
            throw new ConfigException(field + e.getMessage(), e);
        }
    }

    private static RecordFormat format(String field, String name, @Nullable SchemaCache schemas) {
        return switch (name) {
            case "json" -> new JsonFormat();
            case "cloudevents" -> new CloudEventsFormat();
            case "avro", "protobuf" -> {
                if (schemas == null) {
                    throw new ConfigException(field + "format: " + name + " needs kafka.schemaRegistry");
                }
                yield new FramedFormat(schemas);
            }
            default ->
                throw new ConfigException(
                        field + "format: '" + name + "' is none of json, cloudevents, avro, protobuf");
        };
    }

    /** Id of the schema without which the value cannot be read, and which is not known yet; -1 = it can be read. */
    public int missingSchema(byte @Nullable [] value) {
        if (schemas == null || value == null) {
            return -1;
        }
        int id = FramedFormat.schemaId(value);
        return id < 0 || schemas.get(id) != null ? -1 : id;
    }

    /** Whether the schema is known; asked for when not. */
    public boolean knows(int schema) {
        return schemas == null || schemas.get(schema) != null;
    }

    /** Why a schema is not known. */
    public String schemaTrouble(int id) {
        return schemas == null ? "" : schemas.trouble(id);
    }

    /** As below, of a record without headers. */
    public @Nullable Event read(byte @Nullable [] value, long recordTimestampMs, long nowMs)
            throws RejectedEventException {
        return read(value, EventHeaders.NONE, recordTimestampMs, nowMs);
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
                    new JsonFormat(),
                    null,
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
    public @Nullable Event read(byte @Nullable [] value, EventHeaders headers, long recordTimestampMs, long nowMs)
            throws RejectedEventException {
        if (value == null || value.length == 0) {
            throw new RejectedEventException(RejectReason.EMPTY_VALUE, "the record has no value");
        }
        return read(format.fields(value, headers), recordTimestampMs, nowMs);
    }

    /** As above, of fields that are known: whole numbers as {@code Long}, others as {@code Double}. */
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
        return new Event(key, timeMs, FieldColumns.read(columns, numeric, fields), id == null ? 0 : id.of(fields));
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
