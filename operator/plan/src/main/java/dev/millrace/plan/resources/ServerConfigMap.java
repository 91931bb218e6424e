package dev.millrace.plan.resources;

import dev.millrace.contract.config.Json;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;

/** {@code serving.json} for the model servers. */
public final class ServerConfigMap {
    static final String KEY = "serving.json";

    private ServerConfigMap() {}

    public static ConfigMap of(StackPlan plan) {
        return new ConfigMapBuilder()
                .withMetadata(Labels.meta(plan, Names.serving(plan.name()), Labels.SERVER))
                .addToData(KEY, document(plan))
                .build();
    }

    static String document(StackPlan plan) {
        return Json.write(plan.servingConfig(Placement.kubernetes(plan)));
    }
}
