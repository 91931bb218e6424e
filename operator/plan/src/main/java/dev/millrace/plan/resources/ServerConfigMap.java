package dev.millrace.plan.resources;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;

/** {@code serving.json} for the model servers, {@code model.json} for the loaders beside them. */
public final class ServerConfigMap {
    static final String KEY = "serving.json";
    static final String LOADER_KEY = "model.json";

    private ServerConfigMap() {}

    public static ConfigMap of(StackPlan plan) {
        return new ConfigMapBuilder()
                .withMetadata(Labels.meta(plan, Names.serving(plan.name()), Labels.SERVER))
                .addToData(KEY, document(plan))
                .addToData(LOADER_KEY, Json.write(plan.modelSource(Placement.kubernetes(plan))))
                .build();
    }

    /** What of the document only another pod follows: all but which file it is. */
    static String rolling(StackPlan plan) {
        ServingConfig document = plan.servingConfig(Placement.kubernetes(plan));
        ServingConfig.Model model = document.model();
        return Json.write(document.withModel(
                new ServingConfig.Model("", "", null, model.format(), model.inputs(), model.outputs())));
    }

    private static String document(StackPlan plan) {
        return Json.write(plan.servingConfig(Placement.kubernetes(plan)));
    }
}
