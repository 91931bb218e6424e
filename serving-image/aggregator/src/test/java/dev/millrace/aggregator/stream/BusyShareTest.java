package dev.millrace.aggregator.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BusyShareTest {
    private static final long MS = 1_000_000;
    private long now = 77 * MS;

    private void run(BusyShare busy, int polls, long idleMs, long workMs) {
        for (int i = 0; i < polls; i++) {
            busy.polled(now, now + idleMs * MS);
            now += (idleMs + workMs) * MS;
        }
    }

    @Test
    void whatIsNotWaitingIsWork() {
        BusyShare busy = new BusyShare();
        run(busy, 40, 90, 10);
        assertThat(busy.value()).as("too early").isNaN();
        run(busy, 40, 90, 10);
        assertThat(busy.value()).as("right from its first word").isCloseTo(0.1, Offset.offset(0.01));
        run(busy, 10_000, 0, 10);
        assertThat(busy.value()).isCloseTo(0.992, Offset.offset(0.005));
        run(busy, 4_000, 5, 5);
        assertThat(busy.value()).isCloseTo(0.62, Offset.offset(0.02));
        run(busy, 3_000, 100, 0);
        assertThat(busy.value()).isCloseTo(0, Offset.offset(0.001));
    }
}
