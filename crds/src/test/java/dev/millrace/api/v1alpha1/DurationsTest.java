package dev.millrace.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "50ms,PT0.05S",
        "1.5s,PT1.5S",
        "1h30m,PT1H30M",
        "8d,PT192H",
        "0ms,PT0S",
        "0.25ms,PT0.00025S",
        "10m,PT10M"
    })
    void reads(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "50", "ms", "50 ms", "-1s", "1h 30m", "1w", "50msx", "x50ms"})
    void rejectsWithACure(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("write for example 50ms");
    }

    @Test
    void whatTheSchemaAcceptsIsReadOrRefusedButNeverOverflows() {
        assertThatThrownBy(() -> Durations.parse("9999999999999999999d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void anEmptyStringIsAnAbsentField() {
        RealtimeModelSpec spec = new RealtimeModelSpec();
        spec.setRelease("");
        assertThat(spec.getRelease()).isNull();
    }
}
