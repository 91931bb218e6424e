package dev.millrace.server.features;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.FeatureGroup.Aggregation;
import dev.millrace.contract.config.FeatureGroup.Stream;
import dev.millrace.contract.feature.AggregationFunction;
import dev.millrace.server.Specs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SampleValuesTest {
    private static final long NOW = 1_764_000_000_000L;

    private static FeatureGroup everyFunction() {
        List<Aggregation> all = Arrays.stream(AggregationFunction.values())
                .map(f -> new Aggregation(
                        f.specName(),
                        f.specName(),
                        f == AggregationFunction.COUNT ? null : "amount",
                        3_600_000,
                        switch (f) {
                            case FIRST_N, LAST_N -> Map.of("n", "3");
                            case APPROX_PERCENTILE -> Map.of("q", "0.95");
                            case DECAYED_SUM -> Map.of("halfLifeMs", "600000");
                            default -> Map.of();
                        },
                        "-1"))
                .toList();
        return new FeatureGroup(
                "purchases",
                "customer",
                "7f3a",
                new Stream("purchases", "json", "ts", "ms", 5_000, 600_000, null, "purchases.fraud.dlq"),
                null,
                all,
                List.of(),
                86_400_000,
                null,
                null,
                null,
                "Default",
                "Serve");
    }

    @Test
    void aSampleHasAValueOfEachFunction() {
        GroupPlan group = GroupPlan.of(everyFunction(), List.of(Specs.CUSTOMER));
        double[] values = Objects.requireNonNull(group.decode(group.sample(NOW), NOW));
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).as(group.features().get(i)).isNotNaN().isNotEqualTo(-1);
        }
    }

    @Test
    void aSampleHasAValueOfEachColumn() {
        GroupPlan group = GroupPlan.of(Specs.profile(), List.of(Specs.CUSTOMER));
        assertThat(group.decode(group.sample(NOW), NOW)).containsExactly(1.0);
    }
}
