package dev.millrace.plan.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.capacity.Percentile;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BurnTierTest {
    /** Thresholds by objective; a tier whose factor times budget reaches 1 could never fire and is left out. */
    @ParameterizedTest(name = "{0} %")
    @CsvSource(
            delimiter = '|',
            value = {
                "99.99 | 10m/2m>0.002 1h/5m>0.00144 6h/30m>0.0006 1d/2h>0.0003 3d/6h>0.0001",
                "99.9  | 10m/2m>0.02 1h/5m>0.0144 6h/30m>0.006 1d/2h>0.003 3d/6h>0.001",
                "99    | 10m/2m>0.2 1h/5m>0.144 6h/30m>0.06 1d/2h>0.03 3d/6h>0.01",
                "95    | 10m/2m>0.5 1h/5m>0.5 6h/30m>0.3 1d/2h>0.15 3d/6h>0.05",
                "90    | 10m/2m>0.5 6h/30m>0.5 1d/2h>0.3 3d/6h>0.1",
                "50    | 10m/2m>0.5 3d/6h>0.5"
            })
    void thresholdsFollowTheBudget(String objective, String expected) {
        List<String> tiers = BurnTier.of(new Percentile(objective)).stream()
                .map(tier -> Promql.duration(tier.longWindow()) + "/" + Promql.duration(tier.shortWindow()) + ">"
                        + Promql.number(tier.threshold()))
                .toList();
        assertThat(String.join(" ", tiers)).isEqualTo(expected);
    }
}
