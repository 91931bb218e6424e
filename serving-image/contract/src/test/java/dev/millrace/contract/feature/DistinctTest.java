package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.feature.Groups.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistinctTest {
    private static final long NOW = HOUR * (1_700_000_000_000L / HOUR);

    @ParameterizedTest
    @CsvSource({
        "4, 3",
        "4, 50",
        "4, 5000",
        "6, 10",
        "6, 1000",
        "8, 1",
        "8, 64",
        "8, 65",
        "8, 200",
        "8, 500",
        "8, 3000",
        "8, 100000",
        "12, 900",
        "12, 5000",
        "12, 200000"
    })
    void isWithinItsErrorHoweverTheValuesAreSpreadOverTiles(int lgK, int distinct) {
        double bound = 4 * 1.04 / Math.sqrt(1 << lgK);
        // all in one tile, then every value in two of the twelve
        assertThat(count(lgK, distinct, 1)).isCloseTo(distinct, within(Math.max(0.5, bound * distinct)));
        assertThat(count(lgK, distinct, 12)).isCloseTo(distinct, within(Math.max(0.5, bound * distinct)));
    }

    @ParameterizedTest
    @CsvSource({"8, 64, 1", "8, 256, 12", "6, 16, 1", "6, 96, 12", "12, 250, 12"})
    void isExactWhileTheSetsAreSmall(int lgK, int distinct, int tiles) {
        assertThat(count(lgK, distinct, tiles)).isEqualTo(distinct);
    }

    private static double count(int lgK, int distinct, int tiles) {
        TileLayout layout = TileLayout.of(Groups.stream(List.of(new Aggregation(
                "d", "approx_count_distinct", "merchant", HOUR, Map.of("lgK", Integer.toString(lgK)), "0"))));
        assertThat(layout.windows().get(0).hopMs()).isEqualTo(5 * MINUTE);
        TileState s = TileState.empty(layout);
        long offset = 0;
        for (int i = 0; i < 2 * distinct; i++) {
            long tile = (long) i * tiles / (2L * distinct);
            s.apply(0, offset++, NOW + tile * 5 * MINUTE, new Event(0, 0, "m-" + i % distinct).columns(layout));
        }
        s = TileState.decode(layout, s.encode());
        double[] out = new double[1];
        assertThat(new TileReader(layout).read(s.toValue(0, NOW, 0), NOW + 55 * MINUTE, out, 0))
                .isTrue();
        return out[0];
    }
}
