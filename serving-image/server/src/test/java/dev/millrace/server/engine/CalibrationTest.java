package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.util.Arrays;
import java.util.List;
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

    /** Takes rows * {@code perRow} of a clock that nothing else moves. */
    private static final class Slow implements Runner {
        final long perRow;
        long now;
        int largest;

        Slow(long perRow) {
            this.perRow = perRow;
        }

        @Override
        public List<Tensor> run(List<List<Tensor>> batch) {
            int rows = batch.get(0).get(0).rows();
            largest = Math.max(largest, rows);
            now += rows * perRow;
            return List.of();
        }

        @Override
        public void close() {}
    }

    private static Calibration sweep(Slow runner, int maxRows, ServiceTimes times) throws ModelException {
        return Calibration.measure(
                runner, List.of(new TensorSpec("in", "FP32", List.of(-1L, 1L))), maxRows, times, () -> runner.now);
    }

    @Test
    void aFastModelIsMeasuredToItsLargestBatch() throws Exception {
        Slow fast = new Slow(10_000);
        ServiceTimes times = new ServiceTimes(48);
        Calibration c = sweep(fast, 48, times);
        assertThat(c.meanNanos()).containsOnlyKeys(1, 2, 4, 8, 16, 32, 48).containsEntry(48, 480_000L);
        assertThat(fast.now).isLessThan(200_000_000);
    }

    /** 100 ms for a row: a sweep over 64 sizes would take ten minutes. */
    @Test
    void aSlowModelIsMeasuredForSecondsAndKnownAllTheSame() throws Exception {
        Slow slow = new Slow(100_000_000);
        ServiceTimes times = new ServiceTimes(64);
        Calibration c = sweep(slow, 64, times);
        assertThat(slow.now).isLessThan(4_000_000_000L);
        assertThat(c.meanNanos()).containsKeys(1, 2).doesNotContainKey(64);
        assertThat(c.preferredRows()).isEqualTo(1);
        assertThat(slow.largest).isLessThan(16);
        assertThat(times.estimate(64)).as("as much for each row").isEqualTo(6_400_000_000L);
    }
}
