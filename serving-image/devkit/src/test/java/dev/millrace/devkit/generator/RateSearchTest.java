package dev.millrace.devkit.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RateSearchTest {
    private static final Figures.Times NONE = new Figures.Times(0, 0, 0, 0, 0, 0);

    /** {@code within} of a thousand calls. */
    private static Figures figures(long within, long waited) {
        return new Figures("test", 1, 1000, 1000, NONE, 10, within, 0, NONE, Map.of(), 0, waited, NONE, null);
    }

    @Test
    void findsTheRateBelowWhichTheServerKeepsUp() throws Exception {
        RateSearch.Found found = new RateSearch(rate -> figures(rate <= 3300 ? 995 : 980, 0)).from(200);
        assertThat(Objects.requireNonNull(found.perSecond())).isBetween(3300 / 1.05, 3300.0);
        assertThat(Objects.requireNonNull(found.best()).within()).isEqualTo(995);
        assertThat(found.steps().get(0)).isEqualTo(new RateSearch.Step(200, true));
    }

    @Test
    void goesDownWhenTheFirstRateIsTooMuch() throws Exception {
        RateSearch.Found found = new RateSearch(rate -> figures(rate <= 60 ? 1000 : 0, 0)).from(200);
        assertThat(Objects.requireNonNull(found.perSecond())).isBetween(60 / 1.05, 60.0);
    }

    @Test
    void oneHiccupDoesNotDecide() throws Exception {
        AtomicInteger probes = new AtomicInteger();
        RateSearch.Found found =
                new RateSearch(rate -> figures(rate > 3300 || probes.incrementAndGet() == 2 ? 0 : 1000, 0)).from(200);
        assertThat(Objects.requireNonNull(found.perSecond())).isGreaterThan(3100);
    }

    @Test
    void whatWasPartlyAClosedLoopMeetsNothing() throws Exception {
        RateSearch.Found found = new RateSearch(rate -> figures(1000, 1)).from(2);
        assertThat(found.perSecond()).isNull();
        assertThat(found.steps()).isNotEmpty();
    }
}
