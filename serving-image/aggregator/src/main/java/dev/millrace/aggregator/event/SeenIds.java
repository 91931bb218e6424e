package dev.millrace.aggregator.event;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The ids of one entity's counted events, so that an event that its producer sent twice counts once. Ids are 64-bit hashes; one
 * is known as long as its event is no older than the entity's newest by more than the window, and among the newest
 * {@link #MAX}. By event time, so that events that are read again give the same answer. Mutable, for one thread.
 */
public final class SeenIds {
    /** Ids of one entity: they stand in its state and are written with it. */
    public static final int MAX = 1_024;

    private static final int ENTRY = 16;

    private final long windowMs;
    private long[] ids = new long[4];
    private long[] times = new long[4];
    private int size;
    private long newestMs = Long.MIN_VALUE;

    /** Of an entity never seen. */
    public SeenIds(long windowMs) {
        this.windowMs = windowMs;
    }

    /** Whether an event with this id was counted; false too when that is out of the window. */
    public boolean contains(long id) {
        for (int i = 0; i < size; i++) {
            if (ids[i] == id) {
                return true;
            }
        }
        return false;
    }

    /**
     * Remembers the id of an event that was counted.
     *
     * @return whether another id, still in the window, had to be forgotten for it
     */
    public boolean add(long id, long eventTimeMs) {
        newestMs = Math.max(newestMs, eventTimeMs);
        if (isPast(eventTimeMs)) {
            return false;
        }
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (!isPast(times[i])) {
                ids[kept] = ids[i];
                times[kept++] = times[i];
            }
        }
        size = kept;
        boolean full = size == MAX;
        if (full) {
            int oldest = 0;
            for (int i = 1; i < size; i++) {
                oldest = times[i] < times[oldest] ? i : oldest;
            }
            size--;
            System.arraycopy(ids, oldest + 1, ids, oldest, size - oldest);
            System.arraycopy(times, oldest + 1, times, oldest, size - oldest);
        }
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, Math.min(MAX, 2 * size));
            times = Arrays.copyOf(times, ids.length);
        }
        ids[size] = id;
        times[size++] = eventTimeMs;
        return full;
    }

    private boolean isPast(long eventTimeMs) {
        return eventTimeMs < newestMs - windowMs;
    }

    /** Ids that are known. */
    int size() {
        return size;
    }

    /** Bytes that {@link #write} takes. */
    public int length() {
        return Short.BYTES + size * ENTRY;
    }

    /** Bytes that {@link #read} takes from the beginning of a value; too many when it is corrupt. */
    public static int lengthOf(byte[] stored) {
        return stored.length < Short.BYTES
                ? Short.BYTES
                : Short.BYTES + ((stored[0] & 0xff) << 8 | stored[1] & 0xff) * ENTRY;
    }

    /** {@code u16 ids, {i64 id, i64 eventTimeMs} × ids}. */
    public void write(ByteBuffer to) {
        to.putShort((short) size);
        for (int i = 0; i < size; i++) {
            to.putLong(ids[i]).putLong(times[i]);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when it is corrupt
     */
    public static SeenIds read(long windowMs, ByteBuffer from) {
        int size = from.remaining() < Short.BYTES ? -1 : Short.toUnsignedInt(from.getShort());
        if (size < 0 || size > MAX || from.remaining() < size * ENTRY) {
            throw new IllegalArgumentException("the ids are corrupt");
        }
        SeenIds seen = new SeenIds(windowMs);
        seen.ids = new long[Math.max(4, size)];
        seen.times = new long[seen.ids.length];
        seen.size = size;
        for (int i = 0; i < size; i++) {
            seen.ids[i] = from.getLong();
            seen.times[i] = from.getLong();
            seen.newestMs = Math.max(seen.newestMs, seen.times[i]);
        }
        return seen;
    }
}
