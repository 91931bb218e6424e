package dev.millrace.server.features;

import java.util.function.LongUnaryOperator;

/**
 * Whether the store, or a database, is asked at all. One that fails again and again is not, so that nobody waits for what will not come; from
 * time to time one read that no caller waits for looks whether it is back. A state machine on the clock it is given, for one
 * event loop.
 */
public final class Breaker {
    /** Also label values and log words. */
    public enum State {
        closed,
        open,
        half_open
    }

    /** What becomes of a read. */
    public enum Verdict {
        /** It is sent, and its caller waits. */
        READ,
        /** It is sent to see whether the store is back, and its caller does not wait. */
        PROBE,
        /** It is not sent. */
        REFUSED
    }

    /** Told of every change, on the event loop. */
    public interface Listener {
        void moved(State from, State to);
    }

    /** No healthy store is late so often in a row. */
    static final int IN_A_ROW = 5;
    /** A store that is late for every second read is more waiting than features. */
    static final int OF_THE_LAST = 32;

    static final long FIRST_PAUSE_NANOS = 100_000_000;
    static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    /** Of the store. */
    private static final Limits STORE = new Limits(IN_A_ROW, FIRST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);

    private final Listener listener;
    private final Limits limits;
    private final LongUnaryOperator spread;
    private State state = State.closed;
    private int inARow;
    /** One bit for each of the last reads, set when it failed. */
    private int failures;

    private long pause;
    private long retryAt;

    /**
     * @param inARow failures after which it opens
     * @param firstPauseNanos before the first probe; each that fails doubles it
     * @param longestPauseNanos between two probes
     */
    public record Limits(int inARow, long firstPauseNanos, long longestPauseNanos) {}

    Breaker(Listener listener) {
        this(listener, STORE, LongUnaryOperator.identity());
    }

    /** {@code spread}: makes a pause another one, so that not everybody looks at the same moment. */
    public Breaker(Listener listener, Limits limits, LongUnaryOperator spread) {
        this.listener = listener;
        this.limits = limits;
        this.spread = spread;
        this.pause = limits.firstPauseNanos();
    }

    public State state() {
        return state;
    }

    public Verdict ask(long now) {
        if (state == State.closed) {
            return Verdict.READ;
        }
        if (state == State.open && now - retryAt >= 0) {
            move(State.half_open);
            return Verdict.PROBE;
        }
        return Verdict.REFUSED;
    }

    /** When the next probe is due, while it is {@link State#open}. */
    public long retryAt() {
        return retryAt;
    }

    /** A read or the probe was answered in time. */
    public void answered() {
        if (state == State.half_open) {
            inARow = 0;
            failures = 0;
            pause = limits.firstPauseNanos();
            move(State.closed);
        } else if (state == State.closed) {
            inARow = 0;
            failures <<= 1;
        }
        // open: of a read that began before; the probe decides
    }

    /** A read or the probe failed or was late. */
    public void failed(long now) {
        if (state == State.half_open) {
            pause = Math.min(2 * pause, limits.longestPauseNanos());
            open(now);
        } else if (state == State.closed) {
            inARow++;
            failures = failures << 1 | 1;
            if (inARow >= limits.inARow() || Integer.bitCount(failures) * 2 >= OF_THE_LAST) {
                open(now);
            }
        }
    }

    /** An answer that nobody waits for any more: the store is there again, and the next read looks how it does. */
    void late(long now) {
        if (state == State.open && retryAt - now > 0) {
            retryAt = now;
        }
    }

    private void open(long now) {
        retryAt = now + spread.applyAsLong(pause);
        move(State.open);
    }

    private void move(State to) {
        State from = state;
        state = to;
        listener.moved(from, to);
    }
}
