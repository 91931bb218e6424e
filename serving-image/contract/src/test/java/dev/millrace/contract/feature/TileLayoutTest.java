package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.DAY;
import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static dev.millrace.contract.feature.Groups.aggregation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TileLayoutTest {
    @ParameterizedTest
    @CsvSource({
        // window s, hop s of a plain function, hop s of a sketch
        "60, 5, 5",
        "119, 5, 5",
        "300, 5, 15",
        "600, 15, 15",
        "3600, 60, 300",
        "7200, 300, 300",
        "86400, 3600, 7200",
        "172800, 7200, 7200",
        "604800, 21600, 43200",
        "2592000, 86400, 86400",
        "32140800, 604800, 604800"
    })
    void theCoarsestHopThatSuitsTheWindow(long windowSeconds, long plainSeconds, long sketchSeconds) {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(
                aggregation("c", "count", null, windowSeconds * 1000),
                aggregation("d", "approx_count_distinct", "merchant", windowSeconds * 1000))));
        assertThat(layout.windows())
                .extracting(Window::hopMs)
                .containsExactly(plainSeconds * 1000, sketchSeconds * 1000);
    }

    @Property
    void noWindowIsMuchTooLongOrHasTooManyTiles(@ForAll @LongRange(min = MINUTE, max = 372 * DAY) long window) {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(
                aggregation("c", "count", null, window),
                aggregation("d", "approx_count_distinct", "merchant", window))));
        Window plain = layout.windows().get(0);
        Window sketch = layout.windows().get(1);
        assertThat(plain.maxOverCoverage()).isEqualTo((double) plain.hopMs() / window);
        assertThat(plain.maxOverCoverage()).isLessThanOrEqualTo(window < 2 * MINUTE ? 1 / 12.0 : 1 / 24.0);
        assertThat(sketch.maxOverCoverage()).isLessThanOrEqualTo(1 / 12.0);
        assertThat(plain.slots()).isLessThanOrEqualTo(24 * 7 + 2);
        // what a window may touch at any time, and the events that may lie ahead
        assertThat(plain.slots() * plain.hopMs()).isGreaterThanOrEqualTo(window + Groups.MAX_FUTURE + plain.hopMs());
    }

    @Test
    void aListTakesAPlaceForEachOfItsValues() {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(
                aggregation("count_1h", "count", null, HOUR),
                aggregation("last_mcc", "last_n", "mcc", DAY),
                new Aggregation("sum_1h", "sum", "amount", HOUR, Map.of(), null))));
        assertThat(layout.features())
                .containsExactly("count_1h", "last_mcc[0]", "last_mcc[1]", "last_mcc[2]", "sum_1h");
        assertThat(layout.width()).isEqualTo(5);
        assertThat(layout.defaults()).containsExactly(-1, -1, -1, -1, Double.NaN);
        assertThat(layout.columns()).containsExactly("mcc", "amount");
    }

    @Test
    void aggregationsShareLevelsAndIntermediateResults() {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(
                aggregation("sum_1h", "sum", "amount", HOUR),
                aggregation("avg_1h", "avg", "amount", HOUR),
                aggregation("avg_45m", "avg", "amount", 45 * MINUTE),
                aggregation("sd_1h", "stddev", "amount", HOUR),
                aggregation("var_1h", "variance", "amount", HOUR),
                aggregation("sum_1d", "sum", "amount", DAY))));
        assertThat(layout.levels).hasSize(2);
        assertThat(layout.levels.get(0).fixed)
                .extracting(Ir::kind)
                .containsExactly(Ir.Kind.SUM, Ir.Kind.NUMBERS, Ir.Kind.MOMENTS);
    }

    @Test
    void theHashFollowsTheBytesAndNotTheDefaults() {
        Aggregation a = aggregation("a", "sum", "amount", HOUR);
        Aggregation b = aggregation("b", "last_n", "amount", HOUR);
        int hash = hash(a, b);
        assertThat(hash(a, b)).isEqualTo(hash);
        assertThat(hash(new Aggregation("a", "sum", "amount", HOUR, Map.of(), "9"), b))
                .isEqualTo(hash);
        assertThat(List.of(
                        hash(b, a),
                        hash(a),
                        hash(aggregation("a", "max", "amount", HOUR), b),
                        hash(aggregation("a", "sum", "total", HOUR), b),
                        hash(aggregation("a", "sum", "amount", 2 * HOUR), b),
                        hash(aggregation("x", "sum", "amount", HOUR), b),
                        hash(a, new Aggregation("b", "last_n", "amount", HOUR, Map.of("n", "4"), "-1"))))
                .doesNotContain(hash)
                .doesNotHaveDuplicates();
    }

    private static int hash(Aggregation... aggregations) {
        return TileLayout.of(Groups.stream(List.of(aggregations))).schemaHash();
    }

    static List<Object[]> mistakes() {
        return List.of(
                new Object[] {agg("median", "amount", HOUR, Map.of(), "0"), ".function: unknown function 'median'"},
                new Object[] {agg("decayed_sum", "amount", HOUR, Map.of(), "0"), ".args.halfLife must be given"},
                new Object[] {agg("sum", null, HOUR, Map.of(), "0"), ".column: sum needs one"},
                new Object[] {agg("sum", "amount", 0, Map.of(), "0"), ".timeWindow must be positive"},
                new Object[] {agg("last_n", "amount", HOUR, Map.of(), "0"), ".args.n must be given, from 1 to 100"},
                new Object[] {agg("last_n", "amount", HOUR, Map.of("n", "101"), "0"), ".args.n must be"},
                new Object[] {agg("last_n", "amount", HOUR, Map.of("n", "two"), "0"), ".args.n: 'two' is not a whole"},
                new Object[] {agg("approx_count_distinct", "m", HOUR, Map.of("lgK", "20"), "0"), ".args.lgK must be"},
                new Object[] {agg("approx_count_distinct", "m", HOUR, Map.of("n", "2"), "0"), ".args.n: approx_count"},
                new Object[] {agg("count", null, HOUR, Map.of("n", "2"), "0"), ".args.n: count takes no arguments"},
                new Object[] {agg("count", null, HOUR, Map.of(), "zero"), ".default: 'zero' is not a number"});
    }

    private static Aggregation agg(
            String function, @Nullable String column, long windowMs, Map<String, String> args, String defaultValue) {
        return new Aggregation("f", function, column, windowMs, args, defaultValue);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeNamesItsField(Aggregation wrong, String message) {
        assertThatThrownBy(() -> TileLayout.of(Groups.stream(List.of(wrong))))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("features.groups[purchases].aggregations[f]")
                .hasMessageContaining(message);
    }

    @Test
    void namesAreTakenOnceAndAStreamIsNeeded() {
        Aggregation a = aggregation("a", "count", null, HOUR);
        assertThatThrownBy(() -> TileLayout.of(Groups.stream(List.of(a, a))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("aggregations[a]: the name is taken twice");
        assertThatThrownBy(() -> TileLayout.of(Groups.batch(List.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("features.groups[profile]");
    }
}
