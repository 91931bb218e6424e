package dev.millrace.plan;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import org.jspecify.annotations.Nullable;

/**
 * How many servers run.
 *
 * @param autoscaled an HPA owns the Deployment's replicas
 * @param replicas applied to the Deployment; null = left out, because an autoscaler owns the field
 * @param cpuUtilization what the HPA holds, in per cent of the pod's CPU request
 * @param reason of {@code cpuUtilization}
 * @param behavior of the HPA
 */
public record ScalingPlan(
        int minReplicas,
        int maxReplicas,
        boolean autoscaled,
        @Nullable Integer replicas,
        double burstFactor,
        int cpuUtilization,
        String reason,
        HorizontalPodAutoscalerBehavior behavior) {}
