package dev.millrace.plan;

import dev.millrace.api.v1alpha1.ScalingSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingPolicyBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehaviorBuilder;
import org.jspecify.annotations.Nullable;

/** How many servers, and what the autoscaler holds. */
final class ScalingNumbers {
    private static final double DEFAULT_BURST = 1.25;

    private ScalingNumbers() {}

    static double burstFactor(ScalingSpec spec) {
        return spec.getBurstFactor() == null ? DEFAULT_BURST : Double.parseDouble(spec.getBurstFactor());
    }

    static ScalingPlan of(
            ScalingSpec spec,
            ServerPlan server,
            CapacityPlan capacity,
            double burstFactor,
            @Nullable Integer keepReplicas,
            Derivations derivations) {
        int min = spec.getMinReplicas() == null ? 1 : spec.getMinReplicas();
        int max = spec.getMaxReplicas() == null ? min : spec.getMaxReplicas();
        boolean autoscaled = max > min && capacity.feasible();
        if (max > min && !capacity.feasible()) {
            derivations.add(
                    "scaling.replicas",
                    String.valueOf(fixed(min, max, keepReplicas)),
                    "no autoscaler: no number of servers meets the SLO, so there is no target to hold");
        }
        int utilization = utilization(server, capacity);
        String reason = "100*rho_t = " + Numbers.plain(100 * capacity.targetUtilization(), 1) + " % of "
                + server.instances()
                + (server.instances() == 1 ? " inference thread, as" : " inference threads, as")
                + " a share of the CPU request " + cpuRequest(server);
        if (autoscaled) {
            derivations.add("scaling.cpuUtilization", utilization + "%", reason);
        }
        return new ScalingPlan(
                min,
                max,
                autoscaled,
                autoscaled ? keepReplicas : Integer.valueOf(fixed(min, max, keepReplicas)),
                burstFactor,
                utilization,
                reason,
                spec.getBehavior() == null ? behavior() : spec.getBehavior());
    }

    /** What runs without an autoscaler: what an earlier one left, within the bounds. */
    private static int fixed(int min, int max, @Nullable Integer live) {
        return live == null ? min : Math.max(min, Math.min(max, live));
    }

    /** An HPA's utilisation is a share of the CPU request, the model's a share of the inference threads. */
    private static int utilization(ServerPlan server, CapacityPlan capacity) {
        double cores = Quantities.number(cpuRequest(server)).doubleValue();
        double busy = capacity.targetUtilization() * server.instances();
        return (int) Math.max(1, Math.round(100 * busy / cores));
    }

    private static Quantity cpuRequest(ServerPlan server) {
        return server.requests().getOrDefault("cpu", new Quantity("1"));
    }

    /** Up at once, down slowly: measured in the SLO reference. */
    private static HorizontalPodAutoscalerBehavior behavior() {
        return new HorizontalPodAutoscalerBehaviorBuilder()
                .withNewScaleUp()
                .withStabilizationWindowSeconds(0)
                .withSelectPolicy("Max")
                .withPolicies(
                        new HPAScalingPolicyBuilder()
                                .withType("Percent")
                                .withValue(100)
                                .withPeriodSeconds(15)
                                .build(),
                        new HPAScalingPolicyBuilder()
                                .withType("Pods")
                                .withValue(4)
                                .withPeriodSeconds(15)
                                .build())
                .endScaleUp()
                .withNewScaleDown()
                .withStabilizationWindowSeconds(300)
                .withSelectPolicy("Max")
                .withPolicies(
                        new HPAScalingPolicyBuilder()
                                .withType("Percent")
                                .withValue(10)
                                .withPeriodSeconds(60)
                                .build(),
                        new HPAScalingPolicyBuilder()
                                .withType("Pods")
                                .withValue(1)
                                .withPeriodSeconds(60)
                                .build())
                .endScaleDown()
                .build();
    }
}
