package dev.millrace.operator.status;

import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Whether enough servers answer, and what scales them. */
final class ServerVerdict {

    private ServerVerdict() {}

    /** Minimum available, not all desired: Ready must not flap while an autoscaler works. */
    static Verdict of(World world) {
        StackPlan plan = world.stack().plan();
        String name = "Deployment " + Names.server(plan.name());
        if (plan.suspended()) {
            return Verdict.not(ConditionType.ServerReady, Reason.Suspended, "spec.suspend is true: no server runs");
        }
        Deployment deployment = world.server();
        if (deployment == null) {
            return Verdict.not(ConditionType.ServerReady, Reason.Progressing, name + " is being created");
        }
        int minimum = plan.scaling().minReplicas();
        String count = name + ": " + Workloads.available(deployment) + " available, at least " + minimum + " wanted";
        if (Workloads.serves(deployment, minimum)) {
            return Verdict.ok(
                    ConditionType.ServerReady,
                    Reason.MinimumReplicasAvailable,
                    name + ": the minimum of " + minimum + " is available");
        }
        Workloads.Trouble trouble =
                Workloads.trouble(deployment, world.observation().servers());
        return trouble == null
                ? Verdict.not(ConditionType.ServerReady, Reason.RollingOut, count)
                : Verdict.not(ConditionType.ServerReady, trouble.reason(), count + ". " + trouble.message());
    }

    /** Informs; only with an autoscaler. */
    static Optional<Verdict> autoscaling(World world) {
        StackPlan plan = world.stack().plan();
        if (!plan.scaling().autoscaled() || plan.suspended()) {
            return Optional.empty();
        }
        String name = "HorizontalPodAutoscaler " + Names.server(plan.name());
        HorizontalPodAutoscaler autoscaler = world.autoscaler();
        List<HorizontalPodAutoscalerCondition> conditions = autoscaler == null || autoscaler.getStatus() == null
                ? List.of()
                : Objects.requireNonNullElse(autoscaler.getStatus().getConditions(), List.of());
        Optional<HorizontalPodAutoscalerCondition> active = conditions.stream()
                .filter(c -> "ScalingActive".equals(c.getType()))
                .findFirst();
        if (active.isEmpty()) {
            return Optional.of(
                    Verdict.not(ConditionType.AutoscalingReady, Reason.Progressing, name + " has not worked yet"));
        }
        return Optional.of(
                "True".equals(active.get().getStatus())
                        ? Verdict.ok(ConditionType.AutoscalingReady, Reason.ScalingActive, name + " scales on CPU")
                        : Verdict.not(
                                ConditionType.AutoscalingReady,
                                Reason.MetricsUnavailable,
                                name + ": "
                                        + Objects.requireNonNullElse(
                                                active.get().getReason(), "not active")
                                        + ". Install a metrics server, or set scaling.maxReplicas to minReplicas"));
    }
}
