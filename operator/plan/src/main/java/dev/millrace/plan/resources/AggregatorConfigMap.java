package dev.millrace.plan.resources;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.Json;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code aggregator.json} for the aggregators and the batch loaders. */
public final class AggregatorConfigMap {
    static final String KEY = "aggregator.json";

    private AggregatorConfigMap() {}

    /** Null when no group has to be filled. */
    public static @Nullable ConfigMap of(StackPlan plan) {
        FeaturesPlan features = plan.features();
        if (features == null || !features.usesStore()) {
            return null;
        }
        return new ConfigMapBuilder()
                .withMetadata(Labels.meta(plan, Names.aggregator(plan.name()), Labels.AGGREGATOR))
                .addToData(KEY, Json.write(plan.aggregatorConfig(Placement.kubernetes(plan))))
                .build();
    }

    /** The part of the document that some groups see: what another group changes must restart nobody else. */
    static String document(StackPlan plan, Predicate<FeatureGroup> groups) {
        AggregatorConfig all = plan.aggregatorConfig(Placement.kubernetes(plan));
        return Json.write(all.withGroups(all.groups().stream().filter(groups).toList()));
    }
}
