package dev.millrace.operator.status;

import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Store and batch loads. */
final class FeaturesVerdict {

    private FeaturesVerdict() {}

    /** The store answers and every batch group has been loaded once. */
    static Optional<Verdict> ready(World world) {
        StackPlan plan = world.stack().plan();
        if (plan.features() == null) {
            return Optional.empty();
        }
        if (plan.hasManagedStore()) {
            StatefulSet store = world.store();
            if (store == null
                    || store.getStatus() == null
                    || Workloads.number(store.getStatus().getReadyReplicas()) < 1) {
                Workloads.Trouble trouble =
                        Workloads.trouble(null, world.observation().of(Labels.STORE));
                String name = "StatefulSet " + Names.store(plan.name());
                return Optional.of(
                        trouble == null
                                ? Verdict.not(ConditionType.FeaturesReady, Reason.StoreStarting, name + " is not ready")
                                : Verdict.not(ConditionType.FeaturesReady, trouble.reason(), trouble.message()));
            }
        }
        Verdict loads = loads(world);
        return Optional.of(
                loads == null
                        ? Verdict.ok(
                                ConditionType.FeaturesReady,
                                Reason.StoreAvailable,
                                "the store answers and every batch group is loaded" + reloads(world))
                        : loads);
    }

    /** Null when every load is done. A suspended stack keeps its store and loads nothing. */
    private static @Nullable Verdict loads(World world) {
        if (world.stack().plan().suspended()) {
            return null;
        }
        for (Job wanted : world.stack().of(Job.class).values()) {
            String name = wanted.getMetadata().getName();
            Optional<Job> live = world.jobs().stream()
                    .filter(job -> job.getMetadata().getName().equals(name))
                    .findFirst();
            if (live.filter(job -> has(job, "Complete")).isPresent()) {
                continue;
            }
            if (wanted.getMetadata().getLabels().containsKey(Labels.RELOAD)) {
                continue; // the values of the load before it serve on
            }
            String group = wanted.getMetadata().getLabels().getOrDefault(Labels.GROUP, "");
            Optional<Workloads.Trouble> trouble = world.observation()
                    .of(Labels.LOADER)
                    .filter(pod -> pod.group().equals(group))
                    .map(Workloads::trouble)
                    .filter(Objects::nonNull)
                    .findFirst();
            boolean failed = live.filter(job -> has(job, "Failed")).isPresent();
            boolean refill = wanted.getMetadata().getLabels().containsKey(Labels.REFILL);
            return Verdict.not(
                    ConditionType.FeaturesReady,
                    failed || trouble.isPresent()
                            ? Reason.BatchLoadFailed
                            : refill ? Reason.Rehydrating : Reason.BatchLoading,
                    "Job " + name + " has not loaded group " + group
                            + (refill ? " again, whose values went with the store's pod" : "")
                            + trouble.map(t -> ". " + t.message()).orElse(""));
        }
        return null;
    }

    /** Of loads that were asked for and failed: nothing is missing, and somebody waits for it. */
    private static String reloads(World world) {
        return world.stack().of(Job.class).values().stream()
                .filter(wanted -> wanted.getMetadata().getLabels().containsKey(Labels.RELOAD))
                .map(wanted -> wanted.getMetadata().getName())
                .filter(name -> world.jobs().stream()
                        .anyMatch(job -> job.getMetadata().getName().equals(name) && has(job, "Failed")))
                .map(name -> "; Job " + name + " failed to load again what was asked for, see its log")
                .collect(Collectors.joining());
    }

    private static boolean has(Job job, String condition) {
        return job.getStatus() != null
                && job.getStatus().getConditions() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(c -> condition.equals(c.getType()) && "True".equals(c.getStatus()));
    }
}
