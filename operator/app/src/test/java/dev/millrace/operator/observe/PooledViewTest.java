package dev.millrace.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.Drift;
import dev.millrace.contract.status.ServerStatus.Events;
import dev.millrace.contract.status.ServerStatus.FeatureDrift;
import dev.millrace.contract.status.ServerStatus.Sli;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers added up and made coarse. */
class PooledViewTest {
    private static final DriftReference HALVES = new DriftReference(List.of(1.0), List.of(0.5, 0.5, 0.0), 10_000);

    @ParameterizedTest
    @CsvSource({
        // objective, bad and total of the hour, bad and total of five minutes; volume, missed, met, times
        "99.9, 0, 0, 0, 0, None, false, true, 0",
        "99.9, 0, 50, 0, 0, Few, false, true, 0",
        "99.9, 0, 100, 0, 0, Some, false, true, 0",
        "99.9, 0, 101, 0, 0, Enough, false, true, 0",
        "99.9, 4, 200, 4, 200, Enough, false, false, 10",
        "99.9, 5, 200, 5, 200, Enough, true, false, 20",
        "99.9, 5, 200, 0, 0, Enough, false, false, 20",
        "99, 3, 200, 3, 200, Enough, true, false, 1",
        "99.9, 10, 10000, 10, 10000, Enough, false, false, 0.5",
        "99.9, 5, 10000, 5, 10000, Enough, false, true, 0",
        // the last minutes are quiet, but too few to say so
        "99.9, 100, 10000, 0, 4999, Enough, false, false, 5",
        "99.9, 100, 10000, 0, 5000, Enough, false, true, 0",
        "99.9, 100, 10000, 3, 5000, Enough, false, false, 5",
        "99.9, 100, 10000, 6, 5000, Enough, true, false, 5",
        "95, 9000, 10000, 900, 1000, Enough, true, false, 10"
    })
    void anObjectiveIsJudgedByTwoWindows(
            String objective,
            long badOfHour,
            long hour,
            long badLately,
            long lately,
            Volume volume,
            boolean missed,
            boolean met,
            double times) {
        Sli sli = new Sli(
                "availability",
                objective,
                null,
                new Events(lately - badLately, lately),
                new Events(hour - badOfHour, hour));
        assertThat(SloView.of(List.of(sli)))
                .containsExactly(new SloView("availability", objective, null, volume, missed, met, times));
    }

    @Test
    void serversAreAddedUpUnderEachObjective() {
        // two of a hundred and three of a hundred: neither alone is enough, nor is the share of either
        Sli a = new Sli("latency", "99.9", 50.0, new Events(58, 60), new Events(58, 60));
        Sli b = new Sli("latency", "99.9", 50.0, new Events(57, 60), new Events(57, 60));
        Sli other = new Sli("latency", "99.9", 40.0, new Events(1, 60), new Events(1, 60));
        Sli broken = new Sli("latency", "100", 50.0, new Events(1, 60), new Events(1, 60));
        assertThat(SloView.of(List.of(a, other, broken, b)))
                .containsExactly(
                        new SloView("latency", "99.9", 40.0, Volume.Some, true, false, 500),
                        new SloView("latency", "99.9", 50.0, Volume.Enough, true, false, 20));
    }

    @Test
    void theStepBelow() {
        assertThat(Stream.of(1_000.0, 5.0, 2.0, 1.0, 0.5, 0.0).map(SloView::stepBelow))
                .containsExactly(500.0, 2.0, 1.0, 0.5, 0.5, 0.5);
    }

    @Test
    void countsOfSeveralServersAreComparedTogether() {
        // each has drifted the other way: together they are as in training
        ServerStatus low = server("stable", "1", HALVES, 900, 0, 0);
        ServerStatus high = server("stable", "1", HALVES, 0, 900, 0);
        assertThat(DriftView.of(List.of(low, high)))
                .containsExactly(new DriftView("1", 0.2, "amount", Volume.Enough, false, true));
        assertThat(DriftView.of(List.of(low)))
                .containsExactly(new DriftView("1", 0.2, "amount", Volume.Some, false, false));
        assertThat(DriftView.of(List.of(low, low)))
                .containsExactly(new DriftView("1", 0.2, "amount", Volume.Enough, true, false));
        // PSI 0.19: below the threshold, and not below four fifths of it
        assertThat(DriftView.of(List.of(server("stable", "1", HALVES, 1_420, 580, 0))))
                .containsExactly(new DriftView("1", 0.2, "amount", Volume.Enough, false, false));
    }

    @Test
    void anotherVersionOrBaselineIsNotAddedAndNonsenseIsLeftOut() {
        DriftReference other = new DriftReference(List.of(2.0), List.of(0.5, 0.5, 0.0), 10_000);
        DriftReference longer = new DriftReference(List.of(2.0, 3.0), List.of(0.5, 0.5, 0.0, 0.0), 10_000);
        assertThat(DriftView.of(List.of(
                        server("stable", "1", HALVES, 900, 0, 0),
                        server("stable", "2", HALVES, 0, 900, 0),
                        server("stable", "1", other, 0, 900, 0),
                        server("stable", "1", longer, 0, 900, 0))))
                .extracting(DriftView::version, DriftView::volume)
                .containsExactly(
                        Tuple.tuple("1", Volume.Some), Tuple.tuple("2", Volume.Some), Tuple.tuple("1", Volume.Some));
    }

    @Test
    void onlyTheStableVariantCounts() {
        ServerStatus canary = server("v8", "1", HALVES, 5_000, 0, 0);
        ServerStatus stable = server(null, "1", HALVES, 500, 500, 0);
        PooledView pooled = PooledView.of(List.of(canary, stable), true);
        assertThat(pooled.features()).extracting(DriftView::drifted).containsExactly(false);
        assertThat(pooled.objectives()).extracting(SloView::volume).containsExactly(Volume.Some);
    }

    private static ServerStatus server(
            @Nullable String variant, String version, DriftReference reference, long... counts) {
        List<Long> bins = LongStream.of(counts).boxed().toList();
        return new ServerStatus(
                "Ready",
                null,
                null,
                "fraud",
                version,
                null,
                "CPU",
                List.of(),
                List.of(),
                null,
                List.of(),
                null,
                variant,
                List.of(new Sli("latency", "99.9", 50.0, new Events(60, 60), new Events(60, 60))),
                new Drift(0.2, null, List.of(new FeatureDrift("amount", reference, bins, 0, 0, 0))));
    }
}
