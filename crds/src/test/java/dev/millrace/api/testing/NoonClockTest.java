package dev.millrace.api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

class NoonClockTest {

    @Test
    void itIsNoonAtEveryMinuteOfADay() {
        Instant midnight = Instant.parse("2026-11-28T00:00:00Z");
        for (int minute = 0; minute < 24 * 60; minute++) {
            Instant now = midnight.plus(Duration.ofMinutes(minute));
            assertThat(now.atOffset(NoonClock.zone(now)).getHour()).isEqualTo(12);
        }
    }

    @Test
    void onlyWhileItRuns() {
        TimeZone before = TimeZone.getDefault();
        LocalTime[] seen = new LocalTime[1];
        NoonClock.run(() -> seen[0] = LocalTime.now());
        // the hour may end meanwhile
        assertThat(seen[0].getHour()).isBetween(12, 13);
        assertThat(TimeZone.getDefault()).isEqualTo(before);
    }
}
