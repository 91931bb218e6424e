package dev.millrace.operator.status;

import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.PodView.Problem;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads Deployments and pods: how far a rollout is, and why it is not further. */
final class Workloads {

    private static final String TLS = "server.tls";

    private Workloads() {}

    /** Why a Deployment's pods do not come up; null = nothing is known against them. */
    static @Nullable Trouble trouble(@Nullable Deployment deployment, Stream<PodView> pods) {
        Optional<Trouble> quota = condition(deployment, "ReplicaFailure", "True")
                .map(c -> new Trouble(Reason.ReplicaFailure, Objects.requireNonNullElse(c.getMessage(), "")));
        Optional<Trouble> pod =
                pods.map(Workloads::trouble).filter(Objects::nonNull).findFirst();
        Optional<Trouble> deadline = condition(deployment, "Progressing", "False")
                .filter(c -> "ProgressDeadlineExceeded".equals(c.getReason()))
                .map(c -> new Trouble(Reason.ProgressDeadlineExceeded, Objects.requireNonNullElse(c.getMessage(), "")));
        return quota.or(() -> pod).or(() -> deadline).orElse(null);
    }

    /** Why one pod does not run. */
    static @Nullable Trouble trouble(PodView pod) {
        Problem problem = pod.problem();
        if (problem == null) {
            return null;
        }
        Reason reason =
                switch (problem.kind()) {
                    case Loader -> Reason.ModelLoadFailed;
                    // the server ends without its certificate, and says which field names it
                    case Crash ->
                        problem.message().contains(TLS) ? Reason.ContainerConfigError : Reason.ContainerCrashing;
                    case Image -> Reason.ImagePullFailed;
                    case Config -> Reason.ContainerConfigError;
                    case Scheduling -> Reason.Unschedulable;
                };
        return new Trouble(reason, "Pod " + pod.name() + ": " + problem.message());
    }

    /** The latest generation is rolled out, and at least {@code minimum} pods answer. */
    static boolean serves(Deployment deployment, int minimum) {
        if (deployment.getStatus() == null) {
            return false;
        }
        long seen = number(deployment.getStatus().getObservedGeneration());
        long wanted = number(deployment.getMetadata().getGeneration());
        return seen >= wanted
                && number(deployment.getStatus().getUpdatedReplicas())
                        == number(deployment.getStatus().getReplicas())
                && available(deployment) >= minimum;
    }

    static int available(@Nullable Deployment deployment) {
        return deployment == null || deployment.getStatus() == null
                ? 0
                : (int) number(deployment.getStatus().getAvailableReplicas());
    }

    static int ready(@Nullable Deployment deployment) {
        return deployment == null || deployment.getStatus() == null
                ? 0
                : (int) number(deployment.getStatus().getReadyReplicas());
    }

    static int desired(@Nullable Deployment deployment) {
        return deployment == null || deployment.getSpec() == null
                ? 0
                : (int) number(deployment.getSpec().getReplicas());
    }

    private static Optional<DeploymentCondition> condition(
            @Nullable Deployment deployment, String type, String status) {
        if (deployment == null || deployment.getStatus() == null) {
            return Optional.empty();
        }
        List<DeploymentCondition> conditions = deployment.getStatus().getConditions();
        return conditions == null
                ? Optional.empty()
                : conditions.stream()
                        .filter(c -> type.equals(c.getType()) && status.equals(c.getStatus()))
                        .findFirst();
    }

    static long number(@Nullable Number number) {
        return number == null ? 0 : number.longValue();
    }

    /** A reason and what was said about it. */
    record Trouble(Reason reason, String message) {}
}
