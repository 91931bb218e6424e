package dev.millrace.api.testing;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.TimeZone;

/**
 * Runs what compares times of day where it is noon. kube-api-test 7.5 adds its patience to {@code LocalTime.now()}, which begins
 * anew at midnight: a start within the last minutes of a day is given up at once.
 */
final class NoonClock {
    private NoonClock() {}

    static void run(Runnable action) {
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone(zone(Instant.now())));
        try {
            action.run();
        } finally {
            TimeZone.setDefault(before);
        }
    }

    /** @return where it is between 12:00 and 13:00 at that moment */
    static ZoneOffset zone(Instant now) {
        return ZoneOffset.ofHours(12 - now.atOffset(ZoneOffset.UTC).getHour());
    }
}
