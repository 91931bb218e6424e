package dev.millrace.contract.feature;

import static dev.millrace.contract.feature.Groups.HOUR;
import static dev.millrace.contract.feature.Groups.MINUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.feature.Groups.Event;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantilesTest {
    private static final long NOW = HOUR * (1_700_000_000_000L / HOUR);
    private static final String[] QS = {"0.0", "0.01", "0.5", "0.95", "0.999"};

    private static TileLayout layout(String... quantiles) {
        return TileLayout.of(Groups.stream(Arrays.stream(quantiles)
                .map(q -> new Aggregation("q" + q, "approx_percentile", "amount", HOUR, Map.of("q", q), null))
                .toList()));
    }

    private static TileState state(TileLayout layout, List<Double> values, int tiles) {
        TileState s = TileState.empty(layout);
        for (int i = 0; i < values.size(); i++) {
            long tile = (long) i * tiles / values.size();
            s.apply(0, i, NOW + tile * 5 * MINUTE, new Event(0, values.get(i), "m").columns(layout));
        }
        return s;
    }

    private static double[] read(TileLayout layout, TileState s, int tiles) {
        double[] out = new double[layout.width()];
        byte[] value = TileState.decode(layout, s.encode()).toValue(1, 0, 0);
        assertThat(new TileReader(layout).read(value, NOW + (tiles - 1) * 5 * MINUTE, out, 0))
                .isTrue();
        return out;
    }

    /** e^(a number within ± spread): what a tile's values lie within is its square. */
    private static List<Double> lognormal(double spread, int n) {
        SplittableRandom random = new SplittableRandom(5);
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            values.add(Math.exp(random.nextDouble(-spread, spread)) * (i % 7 == 0 ? -1 : 1));
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"0.5, 2000, 0.0055", "1, 20000, 0.0109", "3, 20000, 0.0220", "7, 20000, 0.0865", "50, 20000, 0.6"})
    void isWithinItsErrorHoweverFarTheValuesLieApart(double spread, int n, double error) {
        TileLayout layout = layout(QS);
        List<Double> values = lognormal(spread, n);
        double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
        for (int tiles : new int[] {1, 12}) {
            double[] out = read(layout, state(layout, values, tiles), tiles);
            for (int i = 0; i < QS.length; i++) {
                double exact = sorted[Math.max(1, (int) Math.ceil(Double.parseDouble(QS[i]) * n - 1e-9)) - 1];
                assertThat(out[i])
                        .as("%s of %d in %d tiles", QS[i], n, tiles)
                        .isCloseTo(exact, within(error * Math.abs(exact)));
            }
        }
    }

    @Test
    void theOrderOfTheEventsDoesNotMatter() {
        TileLayout layout = layout("0.5");
        List<Double> values = lognormal(9, 5000);
        byte[] once = state(layout, values, 1).toValue(1, 0, 0);
        for (int seed = 0; seed < 5; seed++) {
            Collections.shuffle(values, new Random(seed));
            assertThat(state(layout, values, 1).toValue(1, 0, 0)).isEqualTo(once);
        }
        Collections.sort(values);
        assertThat(state(layout, values, 1).toValue(1, 0, 0)).isEqualTo(once);
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                0, -0.0, 1, -1, 1e-300, -1e-300, 4.9e-324, 1e60, -1e60, 1.7e308, -1.7e308, 0.1, 3, 1024, 1e-60, 7e59
            })
    void valuesOfAnySizeAndSign(double value) {
        TileLayout layout = layout("0.5");
        double out = read(layout, state(layout, List.of(value), 1), 1)[0];
        if (Math.abs(value) < 1e-59) {
            assertThat(Math.abs(out)).isLessThan(1e-59);
        } else if (Math.abs(value) > 1e60) {
            assertThat(Math.abs(out)).as("the last bucket").isGreaterThan(1e60);
            assertThat(Math.signum(out)).isEqualTo(Math.signum(value));
        } else {
            assertThat(out).isCloseTo(value, within(0.0055 * Math.abs(value)));
        }
    }

    @Test
    void keysAscendAsValuesDo() {
        SplittableRandom random = new SplittableRandom(1);
        double[] values = random.doubles(20_000, -80, 80)
                .map(x -> Math.copySign(Math.pow(10, Math.abs(x)) * 1e-30, x))
                .sorted()
                .toArray();
        for (int i = 1; i < values.length; i++) {
            assertThat(Quantiles.key(values[i])).isGreaterThanOrEqualTo(Quantiles.key(values[i - 1]));
        }
        for (double power : new double[] {1, 2, 1024, 0.25}) {
            assertThat(Quantiles.key(power))
                    .as("a bound belongs to the bucket above")
                    .isEqualTo(Quantiles.key(Math.nextDown(power)) + 1);
        }
    }

    @Test
    void severalQuantilesOfAColumnShareTheirBuckets() {
        List<Double> values = lognormal(1, 500);
        int one = state(layout("0.5"), values, 1).toValue(1, 0, 0).length;
        assertThat(state(layout(QS), values, 1).toValue(1, 0, 0)).hasSize(one);
        assertThat(one).as("bytes of %d values in a tile", values.size()).isLessThan(256 * 6 + 64);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.1", "-0.1", "0.1234567", "half"})
    void aQuantileThatIsNoneIsNamed(String q) {
        assertThatThrownBy(() -> layout(q)).isInstanceOf(ConfigException.class).hasMessageContaining(".args.q");
    }

    @ParameterizedTest
    @CsvSource({"999", "1500", "3599", "32140801000", "x"})
    void aHalfLifeThatIsOutOfBoundsIsNamed(String ms) {
        assertThatThrownBy(() -> TileLayout.of(Groups.stream(
                        List.of(new Aggregation("d", "decayed_sum", "amount", HOUR, Map.of("halfLifeMs", ms), null)))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".args.halfLife");
    }
}
