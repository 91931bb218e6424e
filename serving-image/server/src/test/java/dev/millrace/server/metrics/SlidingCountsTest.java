package dev.millrace.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class SlidingCountsTest {
    private static final Duration SHORT = Duration.ofMinutes(5);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SLICE = Duration.ofSeconds(15);

    /** {@code nanoTime} may begin anywhere, and overflow. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000);

    private final AtomicLong counter = new AtomicLong(40);
    private final SlidingCounts counts = new SlidingCounts(new LongSupplier[] {counter::get}, LONG, SLICE, now::get);

    @Test
    void aYoungWindowHasAllThatCameSinceItBegan() {
        assertThat(counts.gained(LONG)).containsExactly(0);
        counter.addAndGet(3);
        assertThat(counts.gained(SHORT)).containsExactly(3);
        pass(Duration.ofMinutes(4));
        counter.addAndGet(2);
        assertThat(counts.gained(SHORT)).containsExactly(5);
        assertThat(counts.gained(LONG)).containsExactly(5);
    }

    @Test
    void whatIsOlderThanAWindowHasLeftItAfterOneMoreSlice() {
        pass(Duration.ofHours(3));
        counter.addAndGet(7);
        pass(SHORT.minusSeconds(1));
        assertThat(counts.gained(SHORT)).containsExactly(7);
        pass(SLICE.plusSeconds(6));
        assertThat(counts.gained(SHORT)).containsExactly(0);
        assertThat(counts.gained(LONG)).containsExactly(7);
        pass(LONG.minus(SHORT).minusSeconds(30));
        assertThat(counts.gained(LONG)).containsExactly(7);
        pass(Duration.ofSeconds(30));
        assertThat(counts.gained(LONG)).containsExactly(0);
    }

    @Test
    void aWindowIsNeverShorterThanAskedForAndAtMostASliceAndATickLonger() {
        SplittableRandom random = new SplittableRandom(5);
        long[] cameAt = new long[20_000];
        int came = 0;
        for (int i = 0; i < cameAt.length; i++) {
            pass(Duration.ofMillis(random.nextInt(1_500)));
            counter.incrementAndGet();
            cameAt[came++] = now.get();
            for (Duration window : new Duration[] {SHORT, LONG}) {
                long gained = counts.gained(window)[0];
                assertThat(gained)
                        .isBetween(
                                since(cameAt, came, window),
                                since(cameAt, came, window.plus(SLICE).plusSeconds(2)));
            }
        }
    }

    @Test
    void aPauseOfTheProcessLosesNothing() {
        counter.addAndGet(1);
        now.addAndGet(Duration.ofMinutes(7).toNanos());
        counter.addAndGet(1);
        assertThat(counts.gained(SHORT)).as("no mark since the start").containsExactly(2);
        counts.mark();
        pass(SHORT);
        counter.addAndGet(1);
        assertThat(counts.gained(SHORT)).containsExactly(1);
    }

    private long since(long[] cameAt, int came, Duration window) {
        long count = 0;
        while (count < came && now.get() - cameAt[came - 1 - (int) count] < window.toNanos()) {
            count++;
        }
        return count;
    }

    /** Time goes by with a tick each second. */
    private void pass(Duration duration) {
        long left = duration.toNanos();
        while (left > 0) {
            long step = Math.min(left, Duration.ofSeconds(1).toNanos());
            now.addAndGet(step);
            left -= step;
            counts.mark();
        }
    }
}
