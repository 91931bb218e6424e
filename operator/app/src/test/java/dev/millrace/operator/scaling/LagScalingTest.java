package dev.millrace.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.operator.observe.StreamLoad;
import dev.millrace.operator.scaling.LagScaling.Bounds;
import dev.millrace.operator.scaling.LagScaling.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Aggregators that follow a topic, played in steps of five seconds. */
class LagScalingTest {
    private static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
    private static final int STEP_SECONDS = 5;

    /** A topic and what reads it: each replica does one unit of work a second. */
    private static final class World {
        private final int partitions;
        private final Bounds bounds;
        private final int moveSeconds;
        private State state = LagScaling.begin(1, START);
        private Instant now = START;
        private Instant moving = START;
        private double backlog;
        private double busy;
        private final List<Integer> changes = new ArrayList<>();

        World(int partitions, Bounds bounds) {
            this(partitions, bounds, 20);
        }

        /** @param moveSeconds partitions move and state is restored for so long after a change */
        World(int partitions, Bounds bounds, int moveSeconds) {
            this.moveSeconds = moveSeconds;
            this.partitions = partitions;
            this.bounds = bounds;
        }

        void run(Duration time, double load) {
            for (Instant end = now.plus(time); now.isBefore(end); now = now.plusSeconds(STEP_SECONDS)) {
                boolean moves = moving.isAfter(now);
                double capacity = moves ? 0 : Math.min(state.replicas(), partitions) * STEP_SECONDS;
                double done = Math.min(capacity, backlog + load * STEP_SECONDS);
                backlog += load * STEP_SECONDS - done;
                busy = capacity == 0 ? busy : done / capacity;
                double lagSeconds = load == 0 ? 0 : backlog / load;
                State after = LagScaling.next(state, told(lagSeconds, moves), bounds, now);
                if (after.replicas() != state.replicas()) {
                    changes.add(after.replicas());
                    moving = now.plusSeconds(moveSeconds);
                }
                assertThat(after.replicas()).isBetween(1, Math.min(bounds.max(), partitions));
                state = after;
            }
        }

        private StreamLoad told(double lagSeconds, boolean moves) {
            int percent = (int) (100 * lagSeconds / 2);
            int step = percent >= 400 ? 400 : percent >= 200 ? 200 : percent >= 100 ? 100 : percent >= 50 ? 50 : 0;
            return new StreamLoad(partitions, step, (int) Math.ceil(10 * busy) * 10, !moves);
        }
    }

    @Property(tries = 200)
    void enoughRunAndThenNothingMoves(
            @ForAll @DoubleRange(min = 0.05, max = 11) double load,
            @ForAll @IntRange(min = 20, max = 64) int partitions,
            @ForAll @IntRange(min = 0, max = 120) int moveSeconds) {
        World world = new World(partitions, new Bounds(1, 64), moveSeconds);
        world.run(Duration.ofHours(1), load);
        assertThat(world.backlog).as("worked off").isLessThan(load * 2);
        assertThat(world.state.replicas()).isGreaterThanOrEqualTo((int) Math.ceil(load));
        int changes = world.changes.size();
        world.run(Duration.ofHours(3), load);
        assertThat(world.changes.subList(changes, world.changes.size()))
                .as("fewer, and none added again: %s", world.changes)
                .isSortedAccordingTo((a, b) -> b - a);
        changes = world.changes.size();
        int least = world.state.replicas();
        assertThat(least).as("not twice of what is needed").isLessThanOrEqualTo((int) Math.ceil(load / 0.4) + 1);
        world.run(Duration.ofHours(6), load);
        assertThat(world.changes).hasSize(changes);
    }

    @Property(tries = 100)
    void neverBeyondPartitionsAndBounds(
            @ForAll @DoubleRange(min = 0, max = 50) double load,
            @ForAll @IntRange(min = 1, max = 8) int partitions,
            @ForAll @IntRange(min = 1, max = 8) int max) {
        World world = new World(partitions, new Bounds(1, max));
        world.run(Duration.ofHours(1), load);
        if (load > Math.min(partitions, max) + 0.5) {
            assertThat(world.state.replicas()).isEqualTo(Math.min(partitions, max));
        }
    }

    @Example
    void aPeakIsFollowedUpAndDown() {
        World world = new World(12, new Bounds(1, 6));
        world.run(Duration.ofMinutes(10), 0.4);
        assertThat(world.state.replicas()).isEqualTo(1);
        world.run(Duration.ofMinutes(15), 3.4);
        assertThat(world.state.replicas()).isBetween(4, 6);
        assertThat(world.backlog).isLessThan(7);
        world.run(Duration.ofHours(1), 0.4);
        assertThat(world.state.replicas()).isEqualTo(1);
    }

    @Example
    void whatMoreWouldNotCureMovesNothing() {
        State state = LagScaling.begin(2, START);
        for (StreamLoad load : List.of(
                new StreamLoad(12, 400, 95, false), // something is wrong, or partitions move
                new StreamLoad(12, 400, 10, true), // its threads wait: it is not they who are slow
                StreamLoad.NONE)) {
            State after = state;
            for (int i = 0; i < 200; i++) {
                after = LagScaling.next(after, load, new Bounds(1, 6), START.plusSeconds(5L * i));
            }
            assertThat(after.replicas()).as("%s", load).isEqualTo(2);
        }
        assertThat(after(state, 400, null))
                .as("one that does not say how busy it is")
                .isEqualTo(4);
        assertThat(after(state, 50, 90)).isEqualTo(3);
        assertThat(after(state, 25, 90)).isEqualTo(2);
    }

    private static int after(State state, int lagPercent, @Nullable Integer busyPercent) {
        StreamLoad load = new StreamLoad(12, lagPercent, busyPercent, true);
        State first = LagScaling.next(state, load, new Bounds(1, 6), START);
        assertThat(first.replicas()).as("a hiccup").isEqualTo(2);
        return LagScaling.next(first, load, new Bounds(1, 6), START.plusSeconds(10))
                .replicas();
    }

    @Example
    void itAsksToBeCalledAgainWhileTimePasses() {
        State idle =
                LagScaling.next(LagScaling.begin(3, START), new StreamLoad(12, 0, 10, true), new Bounds(1, 6), START);
        assertThat(LagScaling.wake(idle, START)).isBetween(LagScaling.IDLE_FOR, LagScaling.IDLE_FOR.plusSeconds(2));
        State settled = LagScaling.next(idle, new StreamLoad(12, 0, 60, true), new Bounds(1, 6), START);
        assertThat(LagScaling.wake(settled, START)).isNull();
    }
}
