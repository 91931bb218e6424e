package dev.millrace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "50ms, PT0.05S",
        "0ms, PT0S",
        "0.5ms, PT0.0005S",
        "5s, PT5S",
        "10m, PT10M",
        "1h, PT1H",
        "1h30m, PT1H30M",
        "1.5h, PT1H30M",
        "8d, PT192H",
        "372d, PT8928H"
    })
    void parses(String text, String expected) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "50", "ms", "-1s", "1 h", "1w", "1h 30m", "1e3ms", "five", "1.s", "999999999d"})
    void rejectsWithTheAcceptedForms(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT1H, 1h", "PT1M30S, 90s", "PT24H, 1d", "PT0.05S, 50ms", "PT0.0005S, 0.5ms"})
    void formatsInTheLargestUnitThatFits(String duration, String expected) {
        assertThat(Durations.format(Duration.parse(duration))).isEqualTo(expected);
    }

    @Property
    void whatIsFormattedParsesBack(@ForAll @LongRange(min = 0, max = 400L * 86_400_000) long millis) {
        Duration duration = Duration.ofMillis(millis);
        assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
    }
}
