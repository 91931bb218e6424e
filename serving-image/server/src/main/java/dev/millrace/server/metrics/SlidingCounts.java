package dev.millrace.server.metrics;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What counters have gained over the last while. They only ever grow, so it is enough to remember what they stood at once
 * in a slice of time: whoever counts neither knows nor waits.
 */
final class SlidingCounts {
    private final LongSupplier[] counters;
    private final long sliceNanos;
    private final LongSupplier nanos;
    /** Ring: when, and what the counters stood at. */
    private final long[] times;

    private final long[][] marks;
    private int newest;
    private int marked;

    /**
     * @param counters never fall
     * @param longest window that will be asked for
     * @param slice by so much a window may be longer than asked for
     * @param nanos as {@code System.nanoTime}
     */
    SlidingCounts(LongSupplier[] counters, Duration longest, Duration slice, LongSupplier nanos) {
        this.counters = counters;
        this.sliceNanos = slice.toNanos();
        this.nanos = nanos;
        int kept = Math.toIntExact(longest.dividedBy(slice)) + 2;
        this.times = new long[kept];
        this.marks = new long[kept][];
        this.newest = -1;
        remember(nanos.getAsLong());
    }

    /** Remembers the counters if the last slice is over; to be called a few times in a slice. */
    synchronized void mark() {
        long now = nanos.getAsLong();
        if (now - times[newest] >= sliceNanos) {
            remember(now);
        }
    }

    private void remember(long now) {
        newest = (newest + 1) % times.length;
        times[newest] = now;
        marks[newest] = read();
        marked = Math.min(marked + 1, times.length);
    }

    /** Of each counter, what came within the window and at most a slice before; all of it while the counters are younger. */
    synchronized long[] gained(Duration window) {
        long now = nanos.getAsLong();
        int at = newest;
        for (int back = 1; back < marked && now - times[at] < window.toNanos(); back++) {
            at = (at + times.length - 1) % times.length;
        }
        long[] gained = read();
        for (int i = 0; i < gained.length; i++) {
            gained[i] -= marks[at][i];
        }
        return gained;
    }

    private long[] read() {
        long[] values = new long[counters.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = counters[i].getAsLong();
        }
        return values;
    }
}
