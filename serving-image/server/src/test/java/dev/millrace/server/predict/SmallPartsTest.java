package dev.millrace.server.predict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.contract.config.ServingConfig.Slo;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SmallPartsTest {
    @Property(tries = 200)
    void equalVectorsHashAlikeAndAChangedBitDoesNot(@ForAll @Size(min = 1, max = 40) double[] values) {
        assertThat(Hash128.of(1, values)).isEqualTo(Hash128.of(1, values.clone()));
        double[] other = values.clone();
        other[values.length - 1] = Double.longBitsToDouble(Double.doubleToLongBits(other[values.length - 1]) ^ 1);
        if (Double.doubleToLongBits(other[values.length - 1]) != Double.doubleToLongBits(values[values.length - 1])) {
            assertThat(Hash128.of(1, other)).isNotEqualTo(Hash128.of(1, values));
        }
        assertThat(Hash128.of(2, values)).isNotEqualTo(Hash128.of(1, values));
    }

    @Test
    void idsAndNumbersDoNotMix() {
        assertThat(Hash128.of(1, List.of("ab", "c"), new double[] {1}))
                .isNotEqualTo(Hash128.of(1, List.of("a", "bc"), new double[] {1}));
    }

    @Test
    void hashesOfManyVectorsDiffer() {
        Set<Hash128> seen = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            seen.add(Hash128.of(7, new double[] {i / 1000, i % 1000}));
        }
        assertThat(seen).hasSize(100_000);
    }

    @Test
    void predictionIdsSortByTimeAndDiffer() {
        assertThat(PredictionIds.next(1_000)).hasSize(26).isLessThan(PredictionIds.next(1_001));
        assertThat(PredictionIds.next(Long.MAX_VALUE >>> 16)).matches("[0-9A-HJKMNP-TV-Z]{26}");
        assertThat(PredictionIds.next(5)).isNotEqualTo(PredictionIds.next(5));
    }

    @Test
    void aTimeoutOnlyShortensTheDeadline() {
        Slo slo = new Slo("99.9", 50, "99.9", new Budget(5, 5, 20, 2));
        assertThat(Deadline.of(slo, 0, 0)).isEqualTo(47_000_000);
        assertThat(Deadline.of(slo, 0, 1000)).isEqualTo(47_000_000);
        assertThat(Deadline.of(slo, 0, 8)).isEqualTo(6_000_000);
        assertThat(Deadline.of(slo, 1_000, 0)).isEqualTo(47_001_000);
    }
}
