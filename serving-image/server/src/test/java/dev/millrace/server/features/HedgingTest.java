package dev.millrace.server.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HedgingTest {
    private static final long MS = 1_000_000;
    private static final long BUDGET = 20 * MS;

    /** Uniform: the 95th percentile of it is 95 % of the most. */
    private static Hedging after(int reads, long mostNanos) {
        Hedging hedging = new Hedging();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < reads; i++) {
            hedging.took(random.nextLong(mostNanos));
        }
        return hedging;
    }

    @Test
    void waitsForAsLongAsNinetyFiveOfAHundredTake() {
        assertThat(after(3_000, 6 * MS).delay(BUDGET)).isBetween(5 * MS, 6 * MS + MS / 2);
    }

    @Test
    void butNoLessThanATimerCanTell() {
        assertThat(after(3_000, MS / 10).delay(BUDGET)).isEqualTo(Hedging.LEAST_NANOS);
    }

    @Test
    void aStoreThatIsSlowForAllIsNotAskedTwice() {
        assertThat(after(3_000, 15 * MS).delay(BUDGET)).isZero();
    }

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(after(99, MS).delay(BUDGET)).isZero();
        assertThat(after(100, MS).delay(BUDGET)).isPositive();
    }

    @Test
    void oneOfTwentyAtMost() {
        Hedging hedging = after(200, MS);
        int hedged = 0;
        for (int i = 0; i < 1_000; i++) {
            hedging.delay(BUDGET);
            if (hedging.take()) {
                hedged++;
            }
        }
        assertThat(hedged).isBetween(45, 50);
    }

    @Test
    void quietTimesLeaveSomeForABadMoment() {
        Hedging hedging = after(200, MS);
        for (int i = 0; i < 10_000; i++) {
            hedging.delay(BUDGET);
        }
        int burst = 0;
        while (hedging.take()) {
            burst++;
        }
        assertThat(burst).isBetween(9, 10);
    }
}
