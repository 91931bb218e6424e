package dev.millrace.devkit.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final long SECOND = 1_000_000_000L;

    private static List<Long> until(Arrivals arrivals, long endNs) {
        List<Long> all = new ArrayList<>();
        for (long at = arrivals.nextNs(); at < endNs; at = arrivals.nextNs()) {
            all.add(at);
        }
        return all;
    }

    @Test
    void constantIsEvenlySpaced() {
        assertThat(until(Arrivals.constant(4), SECOND + 1))
                .containsExactly(SECOND / 4, SECOND / 2, 3 * SECOND / 4, SECOND);
    }

    @Test
    void poissonHasTheRateAndGapsThatSpreadAsTheirMean() {
        List<Long> all = until(Arrivals.poisson(1000, 7), 100 * SECOND);
        assertThat((double) all.size()).isCloseTo(100_000, within(1_500.0));
        double sum = 0;
        double squares = 0;
        for (int i = 1; i < all.size(); i++) {
            double gap = (all.get(i) - all.get(i - 1)) / 1e6;
            sum += gap;
            squares += gap * gap;
        }
        double mean = sum / all.size();
        assertThat(Math.sqrt(squares / all.size() - mean * mean) / mean).isCloseTo(1, within(0.03));
    }

    @Test
    void burstsHaveTheirFactorAndLeaveTheMeanRateAsItIs() {
        List<Long> all = until(Arrivals.bursty(1000, 3, SECOND, 7), 100 * SECOND);
        assertThat((double) all.size()).isCloseTo(100_000, within(1_500.0));
        // a quarter of each second at three times the rate
        double inBursts = all.stream().filter(at -> at % SECOND < SECOND / 4).count();
        assertThat(inBursts / 25).isCloseTo(3000, within(50.0));
        assertThat((all.size() - inBursts) / 75).isCloseTo(1000 / 3.0, within(10.0));
    }
}
