package dev.millrace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "0.5, 500m",
        "500m, 500m",
        "1000m, 1",
        "1500m, 1500m",
        "2, 2",
        "2.0, 2",
        "1024Mi, 1Gi",
        "1Gi, 1Gi",
        "1536Mi, 1536Mi",
        "0.5Gi, 512Mi",
        "1000M, 1G",
        "1e3, 1k",
        "100k, 100k"
    })
    void isWhatAnApiServerStores(String written, String stored) {
        assertThat(Quantities.canonical(written).toString()).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "", "1Zi", "--1"})
    void rejectsWhatIsNone(String text) {
        assertThatThrownBy(() -> Quantities.canonical(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void canonicalKeepsTheValueAndIsItsOwnCanonicalForm(
            @ForAll @IntRange(min = 1, max = 1_000_000) int number, @ForAll @IntRange(min = 0, max = 5) int unit) {
        Quantity written = new Quantity(number + new String[] {"", "m", "k", "Ki", "Mi", "Gi"}[unit]);
        Quantity canonical = Quantities.canonical(written);
        assertThat(Quantities.number(canonical)).isEqualByComparingTo(Quantities.number(written));
        assertThat(Quantities.canonical(canonical).toString()).isEqualTo(canonical.toString());
    }

    @Property
    void bytesAreExact(@ForAll @LongRange(min = 1, max = 1L << 45) long bytes) {
        assertThat(Quantities.number(Quantities.bytes(bytes)).longValueExact()).isEqualTo(bytes);
    }

    @Test
    void anEmptyMapIsNone() {
        assertThat(Quantities.canonical(Map.of())).isNull();
    }
}
