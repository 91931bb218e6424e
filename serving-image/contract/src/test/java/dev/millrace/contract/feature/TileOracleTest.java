package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.DAY;
import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.LATENESS;
import static dev.millrace.contract.feature.Groups.MAX_FUTURE;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.feature.Groups.Event;
import dev.millrace.contract.feature.TileState.Outcome;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Tiles against the brute-force {@link WindowOracle}: every function, many windows, disorder, repeats, silence. */
class TileOracleTest {
    private static final long[] WINDOWS = {
        MINUTE, 100_000, 5 * MINUTE, 7 * MINUTE, HOUR, 5 * HOUR, DAY, 7 * DAY, 30 * DAY
    };
    private static final TileLayout LAYOUT = TileLayout.of(Groups.stream(everyFunctionAndWindow()));
    private static final TileReader READER = new TileReader(LAYOUT);

    static List<Aggregation> everyFunctionAndWindow() {
        List<Aggregation> all = new ArrayList<>();
        for (AggregationFunction f : AggregationFunction.values()) {
            String column =
                    f == AggregationFunction.APPROX_COUNT_DISTINCT ? "merchant" : f.needsColumn() ? "amount" : null;
            for (long w : WINDOWS) {
                all.add(Groups.aggregation(f.specName() + "_" + w, f.specName(), column, w));
            }
        }
        return all;
    }

    /** A step of a stream: how long after the one before, how far behind the clock, what, and whether it comes twice. */
    record Step(long gapMs, long behindMs, double amount, String merchant, boolean twice, boolean persisted) {}

    @Provide
    Arbitrary<List<Step>> streams() {
        Arbitrary<Long> gaps = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.longs().between(0, 10_000)),
                Tuple.of(4, Arbitraries.longs().between(0, 10 * MINUTE)),
                Tuple.of(1, Arbitraries.longs().between(0, 12 * HOUR)),
                Tuple.of(1, Arbitraries.longs().between(0, 9 * DAY)));
        Arbitrary<Long> behind = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(0L)),
                Tuple.of(2, Arbitraries.longs().between(-MAX_FUTURE, 0)),
                Tuple.of(3, Arbitraries.longs().between(0, MINUTE)),
                Tuple.of(2, Arbitraries.longs().between(0, 2 * LATENESS)));
        Arbitrary<Double> amounts = Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.doubles().between(-1000, 1000).ofScale(2)),
                Tuple.of(1, Arbitraries.just(Double.NaN)));
        Arbitrary<String> merchants = Arbitraries.integers().between(0, 30).map(i -> "m-" + i);
        return Combinators.combine(
                        gaps,
                        behind,
                        amounts,
                        merchants,
                        Arbitraries.of(true, false, false, false),
                        Arbitraries.of(true, false))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    @Property(tries = 300)
    void tilesEqualBruteForce(
            @ForAll("streams") List<Step> steps, @ForAll("starts") long start, @ForAll("waits") List<Long> waits) {
        TileState state = TileState.empty(LAYOUT);
        List<Event> applied = new ArrayList<>();
        long clock = start;
        long offset = 0;
        long newest = Long.MIN_VALUE;
        for (Step step : steps) {
            clock += step.gapMs();
            Event event = new Event(clock - step.behindMs(), step.amount(), step.merchant());
            long versionBefore = state.version(1);
            Outcome outcome = state.apply(0, ++offset, event.time(), event.columns(LAYOUT));
            boolean late = !applied.isEmpty() && event.time() < newest - LATENESS;
            assertThat(outcome).isEqualTo(late ? Outcome.TOO_LATE : Outcome.APPLIED);
            if (!late) {
                applied.add(event);
                newest = Math.max(newest, event.time());
            }
            assertThat(state.version(1) - versionBefore).isEqualTo(late ? 0 : 1);
            if (step.persisted()) {
                state = TileState.decode(LAYOUT, state.encode());
            }
            if (step.twice()) {
                assertThat(state.apply(0, offset, event.time(), event.columns(LAYOUT)))
                        .isEqualTo(Outcome.DUPLICATE);
            }
        }
        byte[] value = state.toValue(1, clock, 0);
        long earliest = applied.isEmpty() ? start : newest - MAX_FUTURE;
        assertReads(value, applied, earliest);
        for (long wait : waits) {
            assertReads(value, applied, earliest + wait);
        }
        // the moments at which a window's old edge steps over a hop
        for (Window w : LAYOUT.windows()) {
            long edge = Math.floorDiv(earliest, w.hopMs()) * w.hopMs() + w.windowMs();
            assertReads(value, applied, edge - 1);
            assertReads(value, applied, edge);
            if (w.windowMs() >= DAY) {
                break;
            }
        }
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.longs().between(0, 4_000_000_000_000L);
    }

    @Provide
    Arbitrary<List<Long>> waits() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0, 10 * MINUTE),
                        Arbitraries.longs().between(0, 2 * DAY),
                        Arbitraries.longs().between(0, 40 * DAY))
                .list()
                .ofSize(4);
    }

    private static void assertReads(byte[] value, List<Event> applied, long now) {
        double[] out = new double[LAYOUT.width() + 2];
        assertThat(READER.read(value, now, out, 1)).isTrue();
        int at = 1;
        for (Window w : LAYOUT.windows()) {
            AggregationFunction f = AggregationFunction.of(
                    w.aggregation().substring(0, w.aggregation().lastIndexOf('_')));
            List<Event> events = WindowOracle.inWindow(applied, w, now, MAX_FUTURE);
            for (double expected : WindowOracle.expected(f, events, w.windowMs(), now, 3, -1)) {
                // sums of sums round otherwise than one long sum
                double tolerance = f == AggregationFunction.APPROX_PERCENTILE
                        ? 0.0055 * Math.abs(expected)
                        : 1e-7 * Math.max(1, Math.abs(expected));
                assertThat(out[at])
                        .as("%s at %d of %s", LAYOUT.features().get(at - 1), now, events)
                        .isCloseTo(expected, within(tolerance));
                at++;
            }
        }
        assertThat(out[0]).isZero();
        assertThat(out[at]).isZero();
    }
}
