package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    /** Three of thirty executions that gave way to another process for milliseconds, of a model of 80 us. */
    @Test
    void executionsThatGaveWayMoveNeitherMeanNorVariation() {
        SplittableRandom random = new SplittableRandom(5);
        long[] samples = random.longs(30, 75_000, 85_000).toArray();
        samples[3] = 4_000_000;
        samples[17] = 12_000_000;
        samples[29] = 3_500_000;
        assertThat(Calibration.variation(samples)).isGreaterThan(2);
        long[] own = Calibration.undisturbed(samples);
        assertThat(own).hasSize(27);
        assertThat(Arrays.stream(own).max().orElseThrow()).isLessThan(85_000);
        assertThat(Calibration.variation(own)).isLessThan(0.1);
        assertThat(samples[3]).isEqualTo(4_000_000);
    }

    @Test
    void fewSamplesAreKept() {
        assertThat(Calibration.undisturbed(new long[] {3, 1, 2})).containsExactly(1, 2, 3);
        assertThat(Calibration.variation(new long[0])).isZero();
    }

    /** What a model's own times differ by is not taken for a disturbance. */
    @Test
    void aModelThatVariesIsSeenToVary() {
        long[] samples = new long[30];
        Arrays.setAll(samples, i -> i % 2 == 0 ? 100_000 : 300_000);
        assertThat(Calibration.variation(Calibration.undisturbed(samples))).isGreaterThan(0.4);
    }
}
