package dev.millrace.contract.feature;

import org.jspecify.annotations.Nullable;

/**
 * The first 32 bytes of every value in the online store, big-endian.
 *
 * <pre>
 *  0  u64  version = epoch (16 bits) | seq (48 bits); the write script compares it
 *  8  i64  eventTimeMaxMs
 * 16  i64  writtenAtMs
 * 24  u32  schemaHash
 * 28  u8   flags
 * 29  u8   levels
 * 30  u16  sourcePartition
 * </pre>
 *
 * @param epoch goes up when the source topic was re-created or the state was lost; wins over any seq
 * @param seq stream: number of events applied to the entity; batch: start of the run in ms
 * @param eventTimeMaxMs newest event time folded in; batch: the end of the time that the run covers
 * @param writtenAtMs the writer's clock just before the send
 * @param schemaHash of the layout that wrote the body
 * @param flags {@link #TILES}, {@link #NULL_MAP}, {@link #COMPLETE}
 * @param levels of tiles; 0 for columns
 * @param sourcePartition partition of the source topic, whose heartbeat tells whether the value is stale
 */
public record ValueHeader(
        int epoch,
        long seq,
        long eventTimeMaxMs,
        long writtenAtMs,
        int schemaHash,
        int flags,
        int levels,
        int sourcePartition) {

    /** Length in bytes. */
    public static final int SIZE = 32;
    /** The body holds tiles; unset, it holds columns. */
    public static final int TILES = 1;
    /** The columns begin with a bitmap of nulls. */
    public static final int NULL_MAP = 2;
    /** The value covers all the time that it should: every batch value does. */
    public static final int COMPLETE = 4;

    static final long SEQ_MASK = (1L << 48) - 1;

    /** The header of a value; null when it is too short to have one. */
    public static @Nullable ValueHeader of(byte[] value) {
        if (value.length < SIZE) {
            return null;
        }
        long version = Bytes.i64(value, 0);
        return new ValueHeader(
                (int) (version >>> 48),
                version & SEQ_MASK,
                Bytes.i64(value, 8),
                Bytes.i64(value, 16),
                Bytes.i32(value, 24),
                Bytes.u8(value, 28),
                Bytes.u8(value, 29),
                Bytes.u16(value, 30));
    }

    /**
     * {@code epoch << 48 | seq}: an unsigned number, so compare with {@link Long#compareUnsigned}.
     *
     * @throws IllegalArgumentException when a part does not fit its bits
     */
    public static long version(int epoch, long seq) {
        if (epoch < 0 || epoch > 0xffff) {
            throw new IllegalArgumentException("epoch " + epoch + " is not within 0..65535");
        }
        if (seq < 0 || seq > SEQ_MASK) {
            throw new IllegalArgumentException("seq " + seq + " is not within 48 bits");
        }
        return ((long) epoch << 48) | seq;
    }

    /** This header's version. */
    public long version() {
        return version(epoch, seq);
    }

    /** The event time and nothing else, without making a record; 0 when the value is too short. */
    public static long eventTimeMaxMs(byte[] value) {
        return value.length < SIZE ? 0 : Bytes.i64(value, 8);
    }

    /** The schema hash alone; 0 when the value is too short. */
    static int schemaHash(byte[] value) {
        return value.length < SIZE ? 0 : Bytes.i32(value, 24);
    }

    void write(byte[] value) {
        Bytes.put64(value, 0, version());
        Bytes.put64(value, 8, eventTimeMaxMs);
        Bytes.put64(value, 16, writtenAtMs);
        Bytes.put32(value, 24, schemaHash);
        value[28] = (byte) flags;
        value[29] = (byte) levels;
        Bytes.put16(value, 30, sourcePartition);
    }
}
