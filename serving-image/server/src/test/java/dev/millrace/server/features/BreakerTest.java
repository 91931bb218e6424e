package dev.millrace.server.features;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BreakerTest {
    private static final long MS = 1_000_000;

    private final List<String> moves = new ArrayList<>();
    private final Breaker breaker = new Breaker((from, to) -> moves.add(from + ">" + to));

    /**
     * One letter for each step. s, f: a read that succeeds or fails, if it is sent; S, F: the same of a probe; x: it must be
     * refused; l: a late answer; a digit: so many tenths of a second go by.
     */
    @ParameterizedTest
    @CsvSource({
        "ffff, closed",
        "fffff, open",
        "ffffsfffff, open",
        "ffffsffffsffff, closed",
        "fffffx, open",
        "fffff1S, closed",
        "fffff1Ss, closed",
        "fffff1F, open",
        // it is looked for after 100, 200, 400, 800 and then every 1000 ms
        "fffff1F1x1F3x1F7x1F9x1F9x1S, closed",
        // and after it was back from the start
        "fffff1F2Sfffff1S, closed",
        // an answer that comes at last is worth a look at once
        "ffffflS, closed",
        "fffff1FlS, closed",
        // two of three fail, never five in a row
        "sffsffsffsffsffsffsffsff, open",
        // one of three
        "ssfssfssfssfssfssfssfssfssfssfssfssfssfssfssfssf, closed",
        // what failed before it opened is forgotten
        "fffff1Sffff, closed",
    })
    void opensAndCloses(String steps, Breaker.State end) {
        long now = 1;
        for (int i = 0; i < steps.length(); i++) {
            char step = steps.charAt(i);
            String where = steps.substring(0, i + 1);
            switch (step) {
                case 's', 'f' -> {
                    assertThat(breaker.ask(now)).as(where).isEqualTo(Breaker.Verdict.READ);
                    end(step == 's', now);
                }
                case 'S', 'F' -> {
                    assertThat(breaker.ask(now)).as(where).isEqualTo(Breaker.Verdict.PROBE);
                    assertThat(breaker.ask(now)).as("one at a time").isEqualTo(Breaker.Verdict.REFUSED);
                    end(step == 'S', now);
                }
                case 'x' -> assertThat(breaker.ask(now)).as(where).isEqualTo(Breaker.Verdict.REFUSED);
                case 'l' -> breaker.late(now);
                default -> now += (step - '0') * 100 * MS;
            }
        }
        assertThat(breaker.state()).isEqualTo(end);
    }

    private void end(boolean good, long now) {
        if (good) {
            breaker.answered();
        } else {
            breaker.failed(now);
        }
    }

    @Test
    void everyChangeIsTold() {
        for (int i = 0; i < Breaker.IN_A_ROW; i++) {
            breaker.failed(0);
        }
        breaker.failed(0);
        breaker.ask(100 * MS);
        breaker.answered();
        assertThat(moves).containsExactly("closed>open", "open>half_open", "half_open>closed");
    }

    /** It was sent before the store was given up; the probe decides. */
    @Test
    void anAnswerInTimeOfAReadBeforeDoesNotClose() {
        for (int i = 0; i < Breaker.IN_A_ROW; i++) {
            breaker.failed(0);
        }
        breaker.answered();
        assertThat(breaker.state()).isEqualTo(Breaker.State.open);
    }

    /** Of a database: other limits, and pauses that differ from one process to the next. */
    @Test
    void keepsTheLimitsThatItIsGiven() {
        Breaker other = new Breaker((from, to) -> {}, new Breaker.Limits(2, 10 * MS, 30 * MS), pause -> pause + MS);
        other.failed(1);
        assertThat(other.state()).isEqualTo(Breaker.State.closed);
        other.failed(1);
        assertThat(other.state()).isEqualTo(Breaker.State.open);
        long now = 1;
        for (long pause : new long[] {11, 21, 31, 31}) {
            assertThat(other.retryAt()).isEqualTo(now + pause * MS);
            assertThat(other.ask(now + pause * MS - 1)).isEqualTo(Breaker.Verdict.REFUSED);
            now += pause * MS;
            assertThat(other.ask(now)).isEqualTo(Breaker.Verdict.PROBE);
            other.failed(now);
        }
        now += 31 * MS;
        assertThat(other.ask(now)).isEqualTo(Breaker.Verdict.PROBE);
        other.answered();
        other.failed(now);
        other.failed(now);
        assertThat(other.retryAt()).as("from the start").isEqualTo(now + 11 * MS);
    }
}
