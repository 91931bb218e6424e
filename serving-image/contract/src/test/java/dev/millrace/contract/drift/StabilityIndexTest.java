package dev.millrace.contract.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StabilityIndexTest {
    /** Ten bins of 0.1 each from 100000 samples, as in {@code promtool/drift.yaml}. */
    private static final DriftReference EVEN =
            new DriftReference(Collections.nCopies(9, 0.0), Collections.nCopies(10, 0.1), 100_000);

    /** The alert's own examples, whose values were computed with numpy: what is told twice must be told alike. */
    @ParameterizedTest
    @CsvSource({
        "'6 7 8 9 10 10 11 12 13 14', 1728, 0.0626, 0.00044, false",
        "'2 2 4 5 7 8 10 12 15 35', 864, 0.70, 0.0006, true",
        "'2 2 4 5 7 8 10 12 15 35', 4.32, 0.68, 0.065, false",
    })
    void isWhatTheRulesCompute(String percent, double times, double psi, double noise, boolean drift) {
        long[] counts = Arrays.stream(percent.split(" "))
                .mapToLong(p -> Math.round(Long.parseLong(p) * times))
                .toArray();
        StabilityIndex index = StabilityIndex.of(EVEN, counts);
        assertThat(index.psi()).isCloseTo(psi, within(0.01));
        assertThat(index.noise()).isCloseTo(noise, within(noise / 20));
        assertThat(index.isDrift(0.2)).isEqualTo(drift);
    }

    @Test
    void isExactToFourDigits() {
        long[] counts = Arrays.stream(new long[] {6, 7, 8, 9, 10, 10, 11, 12, 13, 14})
                .map(p -> p * 1728)
                .toArray();
        assertThat(StabilityIndex.of(EVEN, counts).psi()).isCloseTo(0.0626, within(0.00005));
    }

    @Test
    void isFiniteWhateverIsEmpty() {
        DriftReference never = new DriftReference(List.of(0.0), List.of(1.0, 0.0, 0.0), 0);
        for (long[] counts : List.of(new long[3], new long[] {0, 5_000, 0}, new long[] {5_000, 0, 0})) {
            StabilityIndex index = StabilityIndex.of(never, counts);
            assertThat(index.psi()).isFinite();
            assertThat(index.noise()).isFinite().isPositive();
        }
        assertThatThrownBy(() -> StabilityIndex.of(never, new long[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 counts for 3 bins");
    }

    @Test
    void chanceAndFewValuesAreNoDrift() {
        // 999 of a thousand draws from the reference itself are to lie below the noise
        SplittableRandom random = new SplittableRandom(17);
        int above = 0;
        for (int draw = 0; draw < 2_000; draw++) {
            long[] counts = new long[10];
            for (int i = 0; i < 1_100; i++) {
                counts[random.nextInt(10)]++;
            }
            StabilityIndex index = StabilityIndex.of(EVEN, counts);
            above += index.psi() > index.noise() ? 1 : 0;
            assertThat(index.isDrift(0.0001)).isEqualTo(index.psi() > index.noise());
        }
        assertThat(above).isLessThan(10);
        assertThat(StabilityIndex.of(EVEN, new long[] {1000, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                        .isDrift(0.2))
                .as("a thousand is not more than a thousand")
                .isFalse();
        assertThat(StabilityIndex.of(EVEN, new long[] {1001, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                        .isDrift(0.2))
                .isTrue();
    }

    /** Whoever saw which value: pooled they are one server that saw all. */
    @Test
    void serversTogetherAreOneThatSawAll() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 200; round++) {
            int servers = 1 + random.nextInt(5);
            long[][] each = new long[servers][10];
            long[] one = new long[10];
            int values = random.nextInt(5_000);
            for (int i = 0; i < values; i++) {
                int bin = Math.min(random.nextInt(10), random.nextInt(14));
                each[random.nextInt(servers)][bin]++;
                one[bin]++;
            }
            List<List<Long>> told = new ArrayList<>();
            Arrays.stream(each)
                    .forEach(counts -> told.add(LongStream.of(counts).boxed().toList()));
            assertThat(StabilityIndex.of(EVEN, StabilityIndex.pool(told))).isEqualTo(StabilityIndex.of(EVEN, one));
        }
        assertThat(StabilityIndex.pool(List.of())).isEmpty();
        assertThatThrownBy(() -> StabilityIndex.pool(List.of(List.of(1L), List.of(1L, 2L))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
