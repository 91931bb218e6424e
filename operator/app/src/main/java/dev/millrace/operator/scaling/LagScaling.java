package dev.millrace.operator.scaling;

import dev.millrace.operator.observe.StreamLoad;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When to add aggregators, and when to take some away. Lag says that there are too few; how busy their threads are says
 * whether fewer would do, which lag cannot: it is 0 until the very moment at which it is too late. Every change moves
 * partitions, so nothing is judged until all of them are owned again. Pure.
 */
final class LagScaling {
    /** Share of {@code maxLag}, in per cent, at which values are about to be late. */
    static final int BEHIND_PERCENT = 50;
    /** A lag that stays for so long is no hiccup. */
    static final Duration BEHIND_FOR = Duration.ofSeconds(10);
    /** Beyond that nobody waits for a backlog to go by itself. */
    static final Duration LONGEST = Duration.ofMinutes(10);
    /** Between a change and one more upwards, at least. */
    static final Duration SETTLE = Duration.ofSeconds(60);
    /** Fewer may be busy so much, in per cent. */
    static final int FULL_PERCENT = 60;
    /** Below it a thread waits for events most of the time: what holds the partition back is something else. */
    static final int WORKING_PERCENT = 50;
    /** Longer than any restore, so that a pod that comes and goes costs no second move. */
    static final Duration IDLE_FOR = Duration.ofMinutes(5);

    private LagScaling() {}

    /** Inclusive. */
    record Bounds(int min, int max) {}

    /**
     * @param replicas that should run
     * @param quiet none is added before
     * @param unsettled since when partitions move, or something is wrong; null = neither
     * @param behind since when they are behind; null = they are not
     * @param idle since when fewer would do; null = they would not
     */
    record State(
            int replicas,
            Instant quiet,
            @Nullable Instant unsettled,
            @Nullable Instant behind,
            @Nullable Instant idle) {}

    /** @param live how many are asked for now */
    static State begin(int live, Instant now) {
        return new State(live, now, null, null, null);
    }

    static State next(State s, StreamLoad load, Bounds bounds, Instant now) {
        // one without a partition does nothing
        int cap = load.partitions() > 0 ? Math.min(bounds.max(), load.partitions()) : bounds.max();
        int floor = Math.min(bounds.min(), cap);
        int replicas = Math.max(floor, Math.min(cap, s.replicas()));
        if (!load.settled()) {
            return new State(replicas, s.quiet(), first(s.unsettled(), now), null, null);
        }
        Instant quiet = quiet(s, now);
        Instant behind = isBehind(load) ? first(s.behind(), now) : null;
        Instant idle = replicas > floor && isIdle(load, replicas) ? first(s.idle(), now) : null;
        if (replicas < cap && isOver(behind, BEHIND_FOR, now) && !quiet.isAfter(now)) {
            // late already: twice as many, since each change costs a move
            int more = load.lagPercent() >= 100 ? Math.min(cap, 2 * replicas) : replicas + 1;
            return new State(more, now.plus(SETTLE), null, null, null);
        }
        if (isOver(idle, IDLE_FOR, now)) {
            // to where it should be, since each change costs a move; by half at most, since one day is not another
            int fewer = Math.max(Math.max(floor, needed(load, replicas)), (replicas + 1) / 2);
            return new State(fewer, now.plus(SETTLE), null, null, null);
        }
        return new State(replicas, quiet, null, behind, idle);
    }

    /** What piled up while partitions moved is worked off in twice that time, if the others had a third of theirs to spare. */
    private static Instant quiet(State s, Instant now) {
        if (s.unsettled() == null) {
            return s.quiet();
        }
        Duration still = Duration.between(s.unsettled(), now);
        Instant after = now.plus(still.compareTo(LONGEST) > 0 ? LONGEST : still.multipliedBy(2));
        return after.isAfter(s.quiet()) ? after : s.quiet();
    }

    /** When to look again though nothing changes; null = no need. */
    static @Nullable Duration wake(State s, Instant now) {
        if (s.behind() != null) {
            return BEHIND_FOR;
        }
        if (s.idle() == null) {
            return null;
        }
        Instant due = s.idle().plus(IDLE_FOR);
        return due.isAfter(now) ? Duration.between(now, due).plusSeconds(1) : Duration.ofSeconds(1);
    }

    private static boolean isBehind(StreamLoad load) {
        return load.lagPercent() >= BEHIND_PERCENT
                && (load.busyPercent() == null || load.busyPercent() >= WORKING_PERCENT);
    }

    private static boolean isIdle(StreamLoad load, int replicas) {
        return load.lagPercent() < BEHIND_PERCENT && load.busyPercent() != null && needed(load, replicas) < replicas;
    }

    /** So many would be busy for just as long as they may. */
    private static int needed(StreamLoad load, int replicas) {
        int busy = load.busyPercent() == null ? 100 : load.busyPercent();
        return (busy * replicas + FULL_PERCENT - 1) / FULL_PERCENT;
    }

    private static Instant first(@Nullable Instant since, Instant now) {
        return since == null ? now : since;
    }

    private static boolean isOver(@Nullable Instant since, Duration time, Instant now) {
        return since != null && !since.plus(time).isAfter(now);
    }
}
