package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OverheadTest {
    private final SplittableRandom random = new SplittableRandom(11);

    /** Between 0.8 and 1.2 ms. */
    private double quiet() {
        return 0.8 + 0.4 * random.nextDouble();
    }

    private static double[] round(int calls, DoubleSupplier call) {
        return DoubleStream.generate(call).limit(calls).toArray();
    }

    @Test
    void aQuietSeriesIsWhatItIs() {
        Overhead overhead = new Overhead();
        for (int i = 0; i < 3; i++) {
            overhead.round(round(50, this::quiet));
        }
        assertThat(overhead.ms()).isBetween(1.1, 1.2);
    }

    /** A machine that others use: most rounds have calls that waited for the processor. */
    @Test
    void whatDisturbsMostRoundsIsNotTheServers() {
        Overhead overhead = new Overhead();
        for (int i = 0; i < 10; i++) {
            boolean disturbed = i != 6;
            overhead.round(
                    round(50, () -> quiet() + (disturbed && random.nextInt(3) == 0 ? 40 * random.nextDouble() : 0)));
        }
        assertThat(overhead.ms()).isLessThan(1.3);
    }

    /** And in the best of the rounds, some still had to wait. */
    @Test
    void someSlowCallsInEachRoundAreNotLookedAt() {
        Overhead overhead = new Overhead();
        for (int i = 0; i < 5; i++) {
            double[] calls = round(50, this::quiet);
            Arrays.fill(calls, 0, 4, 90);
            overhead.round(calls);
        }
        assertThat(overhead.ms()).isLessThan(1.3);
    }

    @Test
    void aStoreThatIsFarIsSeen() {
        Overhead overhead = new Overhead();
        for (int i = 0; i < 5; i++) {
            overhead.round(round(50, () -> 4 + quiet()));
        }
        assertThat(overhead.ms()).isCloseTo(5.15, Offset.offset(0.1));
    }

    @Test
    void fewCallsSayNothing() {
        Overhead overhead = new Overhead();
        overhead.round(new double[] {0.1, 0.1});
        overhead.round(new double[0]);
        assertThat(overhead.ms()).isZero();
    }

    @Test
    void quantiles() {
        double[] values = {5, 1, 4, 2, 3};
        Map<Double, Double> expected = Map.of(0.0, 1.0, 0.2, 1.0, 0.5, 3.0, 0.9, 5.0, 1.0, 5.0);
        expected.forEach((share, value) ->
                assertThat(Overhead.quantile(values, share)).as("%s", share).isEqualTo(value));
        assertThat(Overhead.quantile(new double[0], 0.5)).isZero();
        assertThat(values).containsExactly(5, 1, 4, 2, 3);
    }
}
