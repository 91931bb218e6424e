package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.DAY;
import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.LATENESS;
import static dev.millrace.contract.feature.Groups.MAX_FUTURE;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.feature.Groups.Event;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Batch and stream joined against the brute-force {@link WindowOracle}, for every function and window: wherever the cut lies,
 * whether the entity was reached by the last run or by one before it, whether the stream has the batch's events too.
 */
class TileSpliceTest {
    private static final long MAX_AGE = 12 * HOUR;
    private static final FeatureGroup GROUP = Groups.hybrid(TileOracleTest.everyFunctionAndWindow(), MAX_AGE);
    private static final TileLayout STREAM = TileLayout.of(GROUP);
    private static final TileLayout WHOLE = TileLayout.whole(GROUP);
    private static final TileSplice SPLICE = new TileSplice(WHOLE);
    private static final TileReader READER = new TileReader(WHOLE);

    /** An event: how long after the one before, how far behind its stream's clock, what. */
    record Step(long gapMs, long behindMs, double amount, String merchant) {}

    @Provide
    Arbitrary<List<Step>> streams() {
        Arbitrary<Long> gaps = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.longs().between(0, 10 * MINUTE)),
                Tuple.of(3, Arbitraries.longs().between(0, 5 * HOUR)),
                Tuple.of(1, Arbitraries.longs().between(0, 9 * DAY)));
        Arbitrary<Long> behind = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(0L)),
                Tuple.of(3, Arbitraries.longs().between(0, MINUTE)),
                Tuple.of(2, Arbitraries.longs().between(0, 2 * LATENESS)));
        return Combinators.combine(
                        gaps,
                        behind,
                        Arbitraries.doubles().between(-1000, 1000).ofScale(2),
                        Arbitraries.integers().between(0, 30).map(i -> "m-" + i))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }

    /**
     * @param cut where the batch ends, as a share of what the stream keeps
     * @param joined whether the stream began before all events, or only when the group was made: at the cut less some hours
     */
    @Property(tries = 400)
    void oneStreamThatSawAllWouldHaveStoredTheSame(
            @ForAll("streams") List<Step> steps,
            @ForAll("starts") long start,
            @ForAll("shares") double cut,
            @ForAll boolean joined,
            @ForAll("shares") double later) {
        List<Event> all = new ArrayList<>();
        long clock = start;
        for (Step step : steps) {
            clock += step.gapMs();
            all.add(new Event(clock - step.behindMs(), step.amount(), step.merchant()));
        }
        long newest = all.stream().mapToLong(Event::time).max().orElseThrow();
        long cutMs = newest - (long) (cut * (STREAM.tailMs() - MAX_FUTURE));

        // a stream that began later than the batch's end would leave a gap; by a tile of the coarsest level earlier is
        // enough
        long began = joined ? Long.MIN_VALUE : cutMs - 2 * DAY;
        TileState stream = TileState.empty(STREAM);
        List<Event> applied = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Event event = all.get(i);
            if (event.time() >= began
                    && stream.apply(0, i + 1, event.time(), event.columns(STREAM)) == TileState.Outcome.APPLIED) {
                applied.add(event);
            }
        }
        TileState batch = TileState.empty(WHOLE);
        List<Event> before = all.stream()
                .filter(e -> e.time() < cutMs)
                .sorted(Comparator.comparingLong(Event::time))
                .toList();
        for (int i = 0; i < before.size(); i++) {
            batch.apply(0, i + 1, before.get(i).time(), before.get(i).columns(WHOLE));
        }
        byte[] b = before.isEmpty() ? null : batch.toBatchValue(0, 1, cutMs, clock);
        byte[] s = applied.isEmpty() ? null : stream.toValue(1, clock, 0);

        byte[] value = Objects.requireNonNull(SPLICE.join(b, s, cutMs));

        long last = cutMs + STREAM.tailMs();
        for (long now : new long[] {newest, newest + (long) (later * (last - newest)), last}) {
            assertReads(value, all, applied, cutMs, now);
        }
    }

    private static void assertReads(byte[] value, List<Event> all, List<Event> applied, long cutMs, long now) {
        double[] out = new double[WHOLE.width()];
        assertThat(READER.read(value, now, out, 0)).isTrue();
        int at = 0;
        for (Window w : WHOLE.windows()) {
            AggregationFunction f = AggregationFunction.of(
                    w.aggregation().substring(0, w.aggregation().lastIndexOf('_')));
            // the batch has what came too late for the stream, up to its last whole tile
            long edge = Math.floorDiv(cutMs, w.hopMs()) * w.hopMs();
            List<Event> counted =
                    new ArrayList<>(all.stream().filter(e -> e.time() < edge).toList());
            applied.stream().filter(e -> e.time() >= edge).forEach(counted::add);
            List<Event> events = WindowOracle.inWindow(counted, w, now, MAX_FUTURE);
            for (double expected : WindowOracle.expected(f, events, w.windowMs(), now, 3, -1)) {
                double tolerance = f == AggregationFunction.APPROX_PERCENTILE
                        ? 0.0055 * Math.abs(expected)
                        : 1e-7 * Math.max(1, Math.abs(expected));
                assertThat(out[at])
                        .as("%s, cut %d, at %d of %s", WHOLE.features().get(at), cutMs, now, events)
                        .isCloseTo(expected, within(tolerance));
                at++;
            }
        }
    }

    @Provide
    Arbitrary<Long> starts() {
        return Arbitraries.longs().between(40 * DAY, 4_000_000_000_000L);
    }

    @Provide
    Arbitrary<Double> shares() {
        return Arbitraries.doubles().between(0, 1).ofScale(3);
    }

    @Example
    void theStreamKeepsOnlyWhatTheBatchMayLack() {
        TileState full = TileState.empty(WHOLE);
        TileState tail = TileState.empty(STREAM);
        for (int i = 0; i < 30 * 24; i++) {
            Event event = new Event(40 * DAY + i * HOUR, i, "m-" + i % 7);
            full.apply(0, i + 1, event.time(), event.columns(WHOLE));
            tail.apply(0, i + 1, event.time(), event.columns(STREAM));
        }

        assertThat(tail.encode().length).isLessThan(full.encode().length / 2);
        assertThat(STREAM.schemaHash()).isEqualTo(WHOLE.schemaHash());
        assertThat(TileState.decode(STREAM, tail.encode()).encode()).isEqualTo(tail.encode());
    }

    @Example
    void anEntityThatNeitherKnowsIsAnEmptyWindow() {
        byte[] value = Objects.requireNonNull(SPLICE.join(null, null, 40 * DAY));

        double[] out = new double[WHOLE.width()];
        assertThat(READER.read(value, 41 * DAY, out, 0)).isTrue();
        assertThat(out[WHOLE.features().indexOf("count_" + HOUR)]).isZero();
    }

    @Example
    void withoutAnyRunTheStreamStandsAlone() {
        TileState stream = TileState.empty(STREAM);
        Event event = new Event(40 * DAY, 7, "m");
        stream.apply(0, 1, event.time(), event.columns(STREAM));

        byte[] value = SPLICE.join(null, stream.toValue(1, 40 * DAY, 3), Long.MIN_VALUE);

        assertThat(value).isEqualTo(stream.toValue(1, 40 * DAY, 3));
    }

    @Property(tries = 2000)
    void aDamagedPartIsFoundOrHarmless(
            @ForAll("shares") double place,
            @ForAll byte replaced,
            @ForAll boolean ofBatch,
            @ForAll("shares") double cut) {
        TileState state = TileState.empty(WHOLE);
        for (int i = 0; i < 20; i++) {
            Event event = new Event(40 * DAY + i * HOUR, i, "m-" + i);
            state.apply(0, i + 1, event.time(), event.columns(WHOLE));
        }
        byte[] batch = state.toBatchValue(0, 1, 41 * DAY, 0);
        TileState short_ = TileState.empty(STREAM);
        Event event = new Event(41 * DAY, 7, "m");
        short_.apply(0, 1, event.time(), event.columns(STREAM));
        byte[] stream = short_.toValue(1, 0, 0);
        byte[] damaged = ofBatch ? batch : stream;
        damaged[(int) (place * (damaged.length - 1))] = replaced;

        byte[] value = SPLICE.join(batch, stream, 40 * DAY + (long) (cut * DAY));

        // read or refused; never an exception
        if (value != null) {
            READER.read(value, 41 * DAY, new double[WHOLE.width()], 0);
        }
    }

    @Example
    void aHybridGroupNeedsItsBatchsAge() {
        FeatureGroup g = Groups.hybrid(TileOracleTest.everyFunctionAndWindow(), 0);

        assertThatThrownBy(() -> TileLayout.of(g))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.groups[spend].freshness.maxAge");
    }
}
