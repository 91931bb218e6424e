package dev.millrace.contract.feature;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Column;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A batch group's value: header, bitmap of nulls (bit {@code i % 8} of byte {@code i / 8}), then every column at the width
 * of its datatype, big-endian. Immutable, for any number of threads.
 */
public final class ColumnCodec {
    private static final int FORMAT = 1;

    /** How a datatype stands in the bytes, and what it can hold. */
    private enum Kind {
        BOOL(1, 0, 1),
        INT8(1, Byte.MIN_VALUE, Byte.MAX_VALUE),
        INT16(2, Short.MIN_VALUE, Short.MAX_VALUE),
        INT32(4, Integer.MIN_VALUE, Integer.MAX_VALUE),
        /** What a double holds exactly. */
        INT64(8, -0x1p53, 0x1p53),
        UINT8(1, 0, 0xff),
        UINT16(2, 0, 0xffff),
        UINT32(4, 0, 0xffff_ffffL),
        UINT64(8, 0, 0x1p53),
        /** Half precision is the model's business; the value keeps what was computed. */
        FP16(4, -65504, 65504),
        FP32(4, -Float.MAX_VALUE, Float.MAX_VALUE),
        FP64(8, -Double.MAX_VALUE, Double.MAX_VALUE);

        final int bytes;
        final double min;
        final double max;

        Kind(int bytes, double min, double max) {
            this.bytes = bytes;
            this.min = min;
            this.max = max;
        }

        boolean isFloat() {
            return this == FP16 || this == FP32 || this == FP64;
        }
    }

    private final String group;
    private final List<String> features;
    private final double[] defaults;
    private final Kind[] kinds;
    private final int nullBytes;
    private final int size;
    private final int schemaHash;

    private ColumnCodec(FeatureGroup g) {
        this.group = g.name();
        this.features = g.columns().stream().map(Column::name).toList();
        this.kinds = new Kind[features.size()];
        this.defaults = new double[features.size()];
        this.nullBytes = (features.size() + 7) / 8;
        StringBuilder definition = new StringBuilder("columns ").append(FORMAT).append('\n');
        int bytes = ValueHeader.SIZE + nullBytes;
        for (int i = 0; i < kinds.length; i++) {
            Column c = g.columns().get(i);
            String field = "features.groups[" + g.name() + "].columns[" + c.name() + "]";
            if (features.indexOf(c.name()) != i) {
                throw new ConfigException(field + ": the name is taken twice");
            }
            try {
                kinds[i] = Kind.valueOf(c.datatype());
            } catch (IllegalArgumentException e) {
                throw new ConfigException(field + ".datatype: '" + c.datatype() + "' is not a number's datatype", e);
            }
            String text = c.defaultValue();
            try {
                defaults[i] = text == null ? Double.NaN : Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new ConfigException(field + ".default: '" + text + "' is not a number", e);
            }
            bytes += kinds[i].bytes;
            definition.append(c.name()).append('|').append(kinds[i]).append('\n');
        }
        this.size = bytes;
        CRC32C crc = new CRC32C();
        crc.update(definition.toString().getBytes(StandardCharsets.UTF_8));
        this.schemaHash = (int) crc.getValue();
    }

    /**
     * The codec of a batch group.
     *
     * @throws ConfigException naming the column and field that cannot be honoured
     */
    public static ColumnCodec of(FeatureGroup g) {
        if (g.columns().isEmpty()) {
            throw new ConfigException("features.groups[" + g.name() + "].columns: a batch group needs one at least");
        }
        return new ColumnCodec(g);
    }

    /** Column names in output order. */
    public List<String> features() {
        return features;
    }

    /** Doubles per entity. */
    public int width() {
        return kinds.length;
    }

    /** Default of each column, NaN where the spec has none: such a feature is required. A copy. */
    public double[] defaults() {
        return defaults.clone();
    }

    /** Whether a column's datatype can hold a number; NaN, the null, fits each. */
    public boolean fits(int column, double v) {
        Kind kind = kinds[column];
        return Double.isNaN(v) || v >= kind.min && v <= kind.max && (kind.isFloat() || v == Math.rint(v));
    }

    /** Identifies what the bytes mean: format, names and datatypes in order. */
    public int schemaHash() {
        return schemaHash;
    }

    /**
     * One row's value. Its version is {@code epoch << 48 | runStartMs}: a later run wins, whatever it read.
     *
     * @param runStartMs when the run began
     * @param batchEndMs end of the time that the run covers, or the row's own time
     * @param values {@link #width()} numbers, NaN = null; whole numbers for the integer datatypes
     * @throws IllegalArgumentException naming the column whose datatype cannot hold its value
     */
    public byte[] encode(int epoch, long runStartMs, long batchEndMs, long writtenAtMs, double[] values) {
        if (values.length != kinds.length) {
            throw new IllegalArgumentException(
                    "group " + group + " has " + kinds.length + " columns, not " + values.length);
        }
        byte[] b = new byte[size];
        new ValueHeader(
                        epoch,
                        runStartMs,
                        batchEndMs,
                        writtenAtMs,
                        schemaHash,
                        ValueHeader.NULL_MAP | ValueHeader.COMPLETE,
                        0,
                        0)
                .write(b);
        int p = ValueHeader.SIZE + nullBytes;
        for (int i = 0; i < kinds.length; i++) {
            if (Double.isNaN(values[i])) {
                b[ValueHeader.SIZE + i / 8] |= (byte) (1 << (i % 8));
            } else {
                put(i, b, p, values[i]);
            }
            p += kinds[i].bytes;
        }
        return b;
    }

    /**
     * Writes {@link #width()} columns; a null gives the column's default (NaN without one).
     *
     * @return false when the value is corrupt or of another layout: treat it as missing. {@code out} is then unspecified
     */
    public boolean decode(byte[] value, double[] out, int from) {
        if (value.length != size
                || ValueHeader.schemaHash(value) != schemaHash
                || (Bytes.u8(value, 28) & ValueHeader.TILES) != 0) {
            return false;
        }
        int p = ValueHeader.SIZE + nullBytes;
        for (int i = 0; i < kinds.length; i++) {
            boolean isNull = (value[ValueHeader.SIZE + i / 8] & (1 << (i % 8))) != 0;
            out[from + i] = isNull ? defaults[i] : get(kinds[i], value, p);
            p += kinds[i].bytes;
        }
        return true;
    }

    private void put(int column, byte[] b, int at, double v) {
        Kind kind = kinds[column];
        if (!fits(column, v)) {
            throw new IllegalArgumentException("column " + features.get(column) + ": " + v + " does not fit " + kind);
        }
        switch (kind) {
            case BOOL, INT8, UINT8 -> b[at] = (byte) (long) v;
            case INT16, UINT16 -> Bytes.put16(b, at, (int) v);
            case INT32, UINT32 -> Bytes.put32(b, at, (long) v);
            case INT64, UINT64 -> Bytes.put64(b, at, (long) v);
            case FP16, FP32 -> Bytes.putF32(b, at, (float) v);
            case FP64 -> Bytes.putF64(b, at, v);
        }
    }

    private static double get(Kind kind, byte[] b, int at) {
        return switch (kind) {
            case BOOL, UINT8 -> Bytes.u8(b, at);
            case INT8 -> b[at];
            case INT16 -> (short) Bytes.u16(b, at);
            case UINT16 -> Bytes.u16(b, at);
            case INT32 -> Bytes.i32(b, at);
            case UINT32 -> Bytes.u32(b, at);
            case INT64, UINT64 -> Bytes.i64(b, at);
            case FP16, FP32 -> Bytes.f32(b, at);
            case FP64 -> Bytes.f64(b, at);
        };
    }
}
