package dev.millrace.contract.feast;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Entity;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feast.FeastProto.Content;
import dev.millrace.contract.feast.FeastProto.Type;
import dev.millrace.contract.feature.AggregationFunction;
import dev.millrace.contract.feature.ColumnCodec;
import dev.millrace.contract.feature.TileLayout;
import dev.millrace.contract.feature.TileReader;
import dev.millrace.contract.feature.ValueHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group whose values stand in a store of Feast's, compiled: a view of Feast's. All views of an entity are fields of one hash:
 *
 * <pre>
 * 4 bytes         murmur3 of view:feature, little-endian   a feast.types.Value
 * _ts:view        google.protobuf.Timestamp                event time
 * _mrv:view       our ValueHeader                          only where we write; Feast asks for its own fields by name
 * </pre>
 *
 * A value is a number that was computed when it was written: it does not decay until the entity's next event. Immutable, for
 * any number of threads.
 */
public final class FeastView {
    private final FeatureGroup group;
    private final FeatureGroup.Feast feast;
    private final FeastKey key;
    private final List<String> features;
    private final Type[] types;
    private final List<byte[]> fields;
    private final @Nullable ColumnCodec columns;
    private final @Nullable TileReader tiles;

    /**
     * What the fields of a view say.
     *
     * @param values one for each feature; NaN = absent or null
     * @param nulls features that are there and have no value
     * @param eventTimeMs 0 = unknown
     * @param header of our own write; null = Feast wrote it
     */
    public record Row(double[] values, BitSet nulls, long eventTimeMs, @Nullable ValueHeader header) {
        /** Of bytes that cannot be read. */
        public static final Row CORRUPT = new Row(new double[0], new BitSet(), 0, null);
        /** Of a view that has nothing of this entity. */
        public static final Row MISSING = new Row(new double[0], new BitSet(), 0, null);
    }

    private FeastView(FeatureGroup group, FeatureGroup.Feast feast, Entity entity) {
        this.group = group;
        this.feast = feast;
        try {
            this.key = new FeastKey(feast.project(), feast.joinKeys(), entity.keys());
        } catch (IllegalArgumentException e) {
            throw new ConfigException("features.groups[" + group.name() + "].feast.joinKeys: " + e.getMessage(), e);
        }
        if (group.stream() != null) {
            TileLayout layout = TileLayout.of(group);
            this.features = layout.features();
            this.columns = null;
            this.tiles = new TileReader(layout);
        } else {
            this.columns = ColumnCodec.of(group);
            this.features = columns.features();
            this.tiles = null;
        }
        this.types = new Type[features.size()];
        List<byte[]> names = new ArrayList<>();
        for (int i = 0; i < types.length; i++) {
            types[i] = group.stream() == null
                    ? type(group.columns().get(i).datatype())
                    : type(group, group.aggregations().get(i));
            names.add(field(feast.view() + ":" + features.get(i)));
        }
        names.add(utf8("_ts:" + feast.view()));
        names.add(utf8("_mrv:" + feast.view()));
        this.fields = List.copyOf(names);
    }

    /**
     * @throws ConfigException naming the field that cannot be honoured
     */
    public static FeastView of(FeatureGroup group, Entity entity) {
        FeatureGroup.Feast feast = group.feast();
        String at = "features.groups[" + group.name() + "]";
        if (feast == null) {
            throw new ConfigException(at + " is of no store of Feast's");
        }
        if (group.stream() != null && group.batch() != null) {
            throw new ConfigException(at + ": stream and batch are merged as tiles, and Feast's layout has none");
        }
        return new FeastView(group, feast, entity);
    }

    private static Type type(FeatureGroup group, FeatureGroup.Aggregation aggregation) {
        AggregationFunction function = AggregationFunction.of(aggregation.function());
        return switch (function) {
            case COUNT -> Type.INT64;
            case FIRST_N, LAST_N, TIME_SINCE_LAST ->
                throw new ConfigException("features.groups[" + group.name() + "].aggregations[" + aggregation.name()
                        + "].function: " + aggregation.function() + " cannot stand in Feast's layout");
            default -> Type.DOUBLE;
        };
    }

    private static Type type(String datatype) {
        return switch (datatype) {
            case "BOOL" -> Type.BOOL;
            case "INT8", "INT16", "INT32", "UINT8", "UINT16" -> Type.INT32;
            case "INT64", "UINT32", "UINT64" -> Type.INT64;
            case "FP16", "FP32" -> Type.FLOAT;
            default -> Type.DOUBLE;
        };
    }

    private static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] field(String name) {
        int hash = Murmur3.hash(utf8(name));
        return new byte[] {(byte) hash, (byte) (hash >>> 8), (byte) (hash >>> 16), (byte) (hash >>> 24)};
    }

    /** Feast's name of the group. */
    public String view() {
        return feast.view();
    }

    /** Key of an entity's hash. {@code ids}: canonical, in the order of the entity's keys. */
    public byte[] key(List<String> ids) {
        return key.of(ids);
    }

    /**
     * The same key as a text of which each character is a byte, for those who know keys as texts. One by one: different keys have
     * different names.
     */
    public String keyName(List<String> ids) {
        return new String(key.of(ids), StandardCharsets.ISO_8859_1);
    }

    /** The key that has this name. */
    public static byte[] key(String keyName) {
        return keyName.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What HMGET asks for: a field for each feature in the group's order, then two more. Not to be changed. */
    public List<byte[]> fields() {
        return fields;
    }

    /**
     * A reply to {@link #fields}.
     *
     * @param reply null = there is no such field
     * @return {@link Row#CORRUPT} also when one feature alone is no number of its datatype
     */
    public Row read(List<byte @Nullable []> reply) {
        int n = types.length;
        double[] values = new double[n];
        BitSet nulls = new BitSet(n);
        boolean any = false;
        for (int i = 0; i < n; i++) {
            byte[] value = reply.get(i);
            values[i] = Double.NaN;
            if (value != null) {
                any = true;
                Content content = FeastProto.read(value, values, i);
                if (content == Content.UNREADABLE || columns != null && !columns.fits(i, values[i])) {
                    return Row.CORRUPT;
                }
                if (content == Content.NULL) {
                    nulls.set(i);
                } else if (types[i] == Type.FLOAT) {
                    values[i] = (float) values[i];
                }
            }
        }
        byte[] time = reply.get(n);
        long timeMs = time == null ? 0 : FeastProto.timeMs(time);
        if (timeMs == FeastProto.NO_TIME) {
            return Row.CORRUPT;
        }
        byte[] header = reply.get(n + 1);
        return any ? new Row(values, nulls, timeMs, header == null ? null : ValueHeader.of(header)) : Row.MISSING;
    }

    /** What Feast would have left in {@link #fields} of some entity: for the warm-up. */
    public List<byte @Nullable []> sample(long nowMs) {
        List<byte @Nullable []> reply = new ArrayList<>();
        for (Type type : types) {
            reply.add(FeastProto.value(type, 1));
        }
        reply.add(FeastProto.timestamp(nowMs));
        reply.add(null);
        return reply;
    }

    /**
     * A stream's value, finished: header and one number for each feature, as of the entity's newest event. The same tiles give
     * the same bytes, whenever that is.
     *
     * @param tiles as {@code TileState.toValue} gives them
     */
    public byte[] finish(byte[] tiles) {
        TileReader reader = this.tiles;
        double[] values = new double[types.length];
        if (reader == null || !reader.read(tiles, ValueHeader.eventTimeMaxMs(tiles), values, 0)) {
            throw new IllegalArgumentException("no tiles of group " + group.name());
        }
        return finish(tiles, values);
    }

    /** A row's value. {@code encoded}: of {@link ColumnCodec#encode}, {@code values}: what was encoded, NaN = null. */
    public byte[] finish(byte[] encoded, double[] values) {
        ByteBuffer to =
                ByteBuffer.allocate(ValueHeader.SIZE + 8 * values.length).put(encoded, 0, ValueHeader.SIZE);
        for (double value : values) {
            to.putDouble(value);
        }
        return to.array();
    }

    /**
     * Arguments of {@link FeastWriteScript} for a finished value.
     *
     * @param finished of {@link #finish}
     */
    public List<byte[]> arguments(byte[] finished) {
        int n = types.length;
        if (finished.length != ValueHeader.SIZE + 8 * n) {
            throw new IllegalArgumentException("no finished value of group " + group.name());
        }
        Long keyTtlMs = feast.keyTtlMs();
        List<byte[]> arguments = new ArrayList<>(5 + 2 * n);
        arguments.add(fields.get(n + 1));
        arguments.add(Arrays.copyOf(finished, ValueHeader.SIZE));
        arguments.add(utf8(Long.toString(keyTtlMs == null ? 0 : keyTtlMs)));
        ByteBuffer from = ByteBuffer.wrap(finished, ValueHeader.SIZE, 8 * n);
        for (int i = 0; i < n; i++) {
            arguments.add(fields.get(i));
            arguments.add(FeastProto.value(types[i], from.getDouble()));
        }
        arguments.add(fields.get(n));
        arguments.add(FeastProto.timestamp(ValueHeader.eventTimeMaxMs(finished)));
        return arguments;
    }
}
