package dev.millrace.contract.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One entity's tiles as the aggregator keeps them, with the guard against events applied twice. Mutable, for one thread.
 *
 * <p>The state-store value is {@code u8 format, u32 schemaHash, i64 seq, i64 eventTimeMaxMs, u16 guards, {u16 partition,
 * i64 offset} × guards, levels}.
 */
public final class TileState {
    private static final int FORMAT = 1;
    private static final int FIXED = 23;
    private static final int GUARD = 10;

    private final TileLayout layout;
    private final List<TileRun> runs;
    private int[] partitions = {};
    private long[] offsets = {};
    private long seq;
    private long eventTimeMaxMs;

    private TileState(TileLayout layout, List<TileRun> runs) {
        this.layout = layout;
        this.runs = runs;
    }

    /** What became of an event. */
    public enum Outcome {
        /** Counted; {@link TileState#version} has risen. */
        APPLIED,
        /** At or below the last offset seen of its partition: seen before, nothing changed. */
        DUPLICATE,
        /**
         * Older than the entity's newest event by more than {@link TileLayout#allowedLatenessMs()}, or than every window
         * reaches. Not counted; its offset is remembered.
         */
        TOO_LATE
    }

    /** An entity never seen. */
    public static TileState empty(TileLayout layout) {
        List<TileRun> runs = new ArrayList<>();
        layout.levels.forEach(level -> runs.add(new TileRun(level)));
        return new TileState(layout, runs);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException when it is corrupt or of another layout: the state store is not this revision's
     */
    public static TileState decode(TileLayout layout, byte[] state) {
        if (state.length < FIXED || state[0] != FORMAT || Bytes.i32(state, 1) != layout.schemaHash()) {
            throw new IllegalArgumentException("the state is not of this group's revision");
        }
        int guards = Bytes.u16(state, 21);
        int at = FIXED + guards * GUARD;
        if (at > state.length || !TileBody.check(layout, state, at)) {
            throw new IllegalArgumentException("the state is corrupt");
        }
        List<TileRun> runs = new ArrayList<>(layout.levels.size());
        for (TileLevel level : layout.levels) {
            runs.add(TileRun.read(level, state, at));
            at = TileBody.end(level, state, at);
        }
        TileState s = new TileState(layout, runs);
        s.seq = Bytes.i64(state, 5);
        s.eventTimeMaxMs = Bytes.i64(state, 13);
        s.partitions = new int[guards];
        s.offsets = new long[guards];
        for (int i = 0; i < guards; i++) {
            s.partitions[i] = Bytes.u16(state, FIXED + i * GUARD);
            s.offsets[i] = Bytes.i64(state, FIXED + 2 + i * GUARD);
        }
        return s;
    }

    /**
     * Counts an event once.
     *
     * @param partition of the source topic, 0 to 65535
     * @param offset in that partition; must rise for an event to count
     * @param eventTimeMs since 1970; events too far in the future are the caller's to reject
     */
    public Outcome apply(int partition, long offset, long eventTimeMs, EventColumns event) {
        if (!advance(partition, offset)) {
            return Outcome.DUPLICATE;
        }
        if (seq > 0 && eventTimeMs < eventTimeMaxMs - layout.allowedLatenessMs()) {
            return Outcome.TOO_LATE;
        }
        long head = seq == 0 ? eventTimeMs : Math.max(eventTimeMaxMs, eventTimeMs);
        boolean counted = false;
        for (TileRun run : runs) {
            counted |= run.add(eventTimeMs, head, event);
        }
        if (!counted) {
            return Outcome.TOO_LATE;
        }
        eventTimeMaxMs = head;
        seq++;
        return Outcome.APPLIED;
    }

    /** Whether {@link #apply} would take an event at that place for a {@link Outcome#DUPLICATE}. */
    public boolean hasPassed(int partition, long offset) {
        for (int i = 0; i < partitions.length; i++) {
            if (partitions[i] == partition) {
                return offset <= offsets[i];
            }
        }
        return false;
    }

    /**
     * Whether one state of an entity, as {@link #encode} wrote it, has counted less than another: the same events in the same
     * order, but fewer. False when either is no state.
     *
     * @param from where the state begins in its bytes
     */
    public static boolean isBehind(byte[] state, int from, byte[] other, int otherFrom) {
        if (state.length - from < FIXED || other.length - otherFrom < FIXED) {
            return false;
        }
        int bySeq = Long.compare(Bytes.i64(state, from + 5), Bytes.i64(other, otherFrom + 5));
        return bySeq < 0 || bySeq == 0 && passed(state, from) < passed(other, otherFrom);
    }

    /** Sum of the offsets that the guards have seen: rises with every event, counted or too late. */
    private static long passed(byte[] state, int from) {
        int guards = Math.min(Bytes.u16(state, from + 21), (state.length - from - FIXED) / GUARD);
        long sum = 0;
        for (int i = 0; i < guards; i++) {
            sum += Bytes.i64(state, from + FIXED + 2 + i * GUARD);
        }
        return sum;
    }

    private boolean advance(int partition, long offset) {
        for (int i = 0; i < partitions.length; i++) {
            if (partitions[i] == partition) {
                if (offset <= offsets[i]) {
                    return false;
                }
                offsets[i] = offset;
                return true;
            }
        }
        if (partition < 0 || partition > 0xffff) {
            throw new IllegalArgumentException("partition " + partition + " is not within 0..65535");
        }
        partitions = Arrays.copyOf(partitions, partitions.length + 1);
        offsets = Arrays.copyOf(offsets, offsets.length + 1);
        partitions[partitions.length - 1] = partition;
        offsets[offsets.length - 1] = offset;
        return true;
    }

    /** The state-store value: tiles, offset guard and seq. */
    public byte[] encode() {
        int at = FIXED + partitions.length * GUARD;
        byte[] b = new byte[at + bodyLength()];
        b[0] = FORMAT;
        Bytes.put32(b, 1, layout.schemaHash());
        Bytes.put64(b, 5, seq);
        Bytes.put64(b, 13, eventTimeMaxMs);
        Bytes.put16(b, 21, partitions.length);
        for (int i = 0; i < partitions.length; i++) {
            Bytes.put16(b, FIXED + i * GUARD, partitions[i]);
            Bytes.put64(b, FIXED + 2 + i * GUARD, offsets[i]);
        }
        writeBody(b, at);
        return b;
    }

    /**
     * The online store's value: header and tiles.
     *
     * @param epoch the group's, 0 to 65535
     * @param sourcePartition whose heartbeat stands for the entity's freshness
     */
    public byte[] toValue(int epoch, long writtenAtMs, int sourcePartition) {
        return toValue(new ValueHeader(
                epoch,
                seq,
                eventTimeMaxMs,
                writtenAtMs,
                layout.schemaHash(),
                ValueHeader.TILES,
                layout.levels.size(),
                sourcePartition));
    }

    /**
     * What the batch of a hybrid group stores; the state is of {@link TileLayout#whole}.
     *
     * @param runStartMs the version: a later run wins
     * @param batchEndMs all events before it were applied, those at it and later are the stream's
     */
    public byte[] toBatchValue(int epoch, long runStartMs, long batchEndMs, long writtenAtMs) {
        return toValue(new ValueHeader(
                epoch,
                runStartMs,
                batchEndMs,
                writtenAtMs,
                layout.schemaHash(),
                ValueHeader.TILES | ValueHeader.COMPLETE,
                layout.levels.size(),
                0));
    }

    private byte[] toValue(ValueHeader header) {
        byte[] b = new byte[ValueHeader.SIZE + bodyLength()];
        header.write(b);
        writeBody(b, ValueHeader.SIZE);
        return b;
    }

    /** {@code epoch << 48 | seq}, unsigned; rises with every applied event. */
    public long version(int epoch) {
        return ValueHeader.version(epoch, seq);
    }

    /** Events applied. */
    public long seq() {
        return seq;
    }

    /** Event time of the newest applied event; 0 when there is none. */
    public long eventTimeMaxMs() {
        return eventTimeMaxMs;
    }

    private int bodyLength() {
        int length = 0;
        for (TileRun run : runs) {
            length += run.length();
        }
        return length;
    }

    private void writeBody(byte[] b, int at) {
        int p = at;
        for (TileRun run : runs) {
            p = run.write(b, p);
        }
    }
}
