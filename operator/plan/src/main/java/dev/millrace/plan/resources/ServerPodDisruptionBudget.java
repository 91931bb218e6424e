package dev.millrace.plan.resources;

import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import org.jspecify.annotations.Nullable;

/** A drain takes one server at a time. */
public final class ServerPodDisruptionBudget {
    private ServerPodDisruptionBudget() {}

    /** Null with a single server, which a budget could only block or not protect, and while suspended. */
    public static @Nullable PodDisruptionBudget of(StackPlan plan) {
        if (plan.suspended() || plan.scaling().minReplicas() < 2) {
            return null;
        }
        return new PodDisruptionBudgetBuilder()
                .withMetadata(Labels.meta(plan, Names.server(plan.name()), Labels.SERVER))
                .withNewSpec()
                .withMaxUnavailable(new IntOrString(1))
                .withUnhealthyPodEvictionPolicy("AlwaysAllow")
                .withNewSelector()
                .withMatchLabels(Labels.selector(plan, Labels.SERVER))
                .endSelector()
                .endSpec()
                .build();
    }
}
