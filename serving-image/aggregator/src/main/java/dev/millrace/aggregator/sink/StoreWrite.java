package dev.millrace.aggregator.sink;

import java.util.Arrays;

/**
 * A value on its way to the store, with the append times of all events that its acknowledgement makes readable. Guarded
 * by the sink's lock until it is sent; then it is the sink thread's.
 */
public final class StoreWrite {
    /** Beyond this the times of a hot key are no longer kept: a store outage must not fill the memory with them. */
    private static final int MAX_TIMES = 1024;

    private static final long[] NONE = {};

    private final String key;
    private final long ttlMs;
    private byte[] value;
    private long[] appendTimes = NONE;
    private int times;

    public StoreWrite(String key, byte[] value, long ttlMs) {
        this.key = key;
        this.value = value;
        this.ttlMs = ttlMs;
    }

    /** A newer value of the same key takes this one's place. */
    void supersede(byte[] newer) {
        value = newer;
    }

    void addAppendTime(long appendMs) {
        if (times == MAX_TIMES) {
            return;
        }
        if (times == appendTimes.length) {
            appendTimes = Arrays.copyOf(appendTimes, Math.max(2, times * 2));
        }
        appendTimes[times++] = appendMs;
    }

    public String key() {
        return key;
    }

    public byte[] value() {
        return value;
    }

    public long ttlMs() {
        return ttlMs;
    }

    /** Kafka's timestamps of the events, ms. */
    long[] appendTimes() {
        return Arrays.copyOf(appendTimes, times);
    }
}
