package dev.millrace.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplingTest {
    @Test
    void anEntityIsLoggedAlwaysOrNever() {
        assertThat(PredictionLog.isSampled("c-1", 10_000)).isTrue();
        assertThat(PredictionLog.isSampled("c-1", 0)).isFalse();
        long logged = IntStream.range(0, 20_000)
                .filter(i -> PredictionLog.isSampled("c-" + i, 1_000))
                .count();
        assertThat(logged).isBetween(1_800L, 2_200L);
        // whoever is in a small sample is in a larger one: raising the share cuts no history
        assertThat(IntStream.range(0, 5_000)
                        .filter(i -> PredictionLog.isSampled("c-" + i, 500))
                        .allMatch(i -> PredictionLog.isSampled("c-" + i, 1_000)))
                .isTrue();
    }
}
