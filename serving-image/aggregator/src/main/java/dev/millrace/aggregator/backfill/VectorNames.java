package dev.millrace.aggregator.backfill;

import dev.millrace.contract.config.ServingConfig.Features;
import java.util.List;

/** Names of a model's vector, lists spread out: {@code amount}, {@code purchases.count_1h}, {@code purchases.last[0]}. */
public final class VectorNames {
    private VectorNames() {}

    public static List<String> of(Features features) {
        return TrainingColumn.of(features).stream().map(TrainingColumn::name).toList();
    }
}
