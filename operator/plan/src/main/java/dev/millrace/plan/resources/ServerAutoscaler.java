package dev.millrace.plan.resources;

import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The simplest backend: CPU of the server container. The share of busy inference slots at the SLO's target is a share of
 * CPU, because an inference thread computes all the time that it is busy.
 */
public final class ServerAutoscaler {
    private ServerAutoscaler() {}

    /** Null when the number of servers is fixed, and while suspended. */
    public static @Nullable HorizontalPodAutoscaler of(StackPlan plan) {
        if (!plan.scaling().autoscaled() || plan.suspended()) {
            return null;
        }
        return new HorizontalPodAutoscalerBuilder()
                .withMetadata(Labels.metaBuilder(plan, Names.server(plan.name()), Labels.SERVER)
                        .addToAnnotations(Labels.RATIONALE, rationale(plan))
                        .build())
                .withNewSpec()
                .withNewScaleTargetRef()
                .withApiVersion("apps/v1")
                .withKind("Deployment")
                .withName(Names.server(plan.name()))
                .endScaleTargetRef()
                .withMinReplicas(plan.scaling().minReplicas())
                .withMaxReplicas(plan.scaling().maxReplicas())
                .addNewMetric()
                .withType("ContainerResource")
                .withNewContainerResource()
                .withName("cpu")
                .withContainer(ServerDeployment.CONTAINER)
                .withNewTarget()
                .withType("Utilization")
                .withAverageUtilization(plan.scaling().cpuUtilization())
                .endTarget()
                .endContainerResource()
                .endMetric()
                .withBehavior(plan.scaling().behavior())
                .endSpec()
                .build();
    }

    /** Every number that the autoscaler's target follows from, each with its reason. */
    private static String rationale(StackPlan plan) {
        return plan.capacity().reason() + "; holds "
                + plan.scaling().cpuUtilization() + "% CPU: "
                + plan.scaling().reason();
    }
}
