package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.FeatureGroupStatus;
import dev.millrace.api.v1alpha1.FeatureState;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.operator.observe.AggregatorView;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Store, batch loads, streams and freshness. */
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
                                "the store answers and every batch group is loaded")
                        : loads);
    }

    /** Null when every first load is done. A suspended stack keeps its store and loads nothing. */
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
            String group = wanted.getMetadata().getLabels().getOrDefault(Labels.GROUP, "");
            Optional<Workloads.Trouble> trouble = world.observation()
                    .of(Labels.LOADER)
                    .filter(pod -> pod.group().equals(group))
                    .map(Workloads::trouble)
                    .filter(Objects::nonNull)
                    .findFirst();
            boolean failed = live.filter(job -> has(job, "Failed")).isPresent();
            return Verdict.not(
                    ConditionType.FeaturesReady,
                    failed || trouble.isPresent() ? Reason.BatchLoadFailed : Reason.BatchLoading,
                    "Job " + name + " has not loaded group " + group
                            + trouble.map(t -> ". " + t.message()).orElse(""));
        }
        return null;
    }

    /** An aggregator runs; only with stream groups. */
    static Optional<Verdict> streams(World world) {
        StackPlan plan = world.stack().plan();
        FeaturesPlan features = plan.features();
        if (features == null || features.aggregator() == null) {
            return Optional.empty();
        }
        if (plan.suspended()) {
            return Optional.of(Verdict.not(
                    ConditionType.StreamsReady, Reason.Suspended, "spec.suspend is true: no aggregator runs"));
        }
        String name = "Deployment " + Names.aggregator(plan.name());
        Optional<AggregatorView> running = world.observation()
                .aggregators()
                .map(PodView::aggregator)
                .filter(Objects::nonNull)
                .filter(view -> view.state().equals("Running"))
                .findFirst();
        Optional<AggregatorView> other = world.observation()
                .aggregators()
                .map(PodView::aggregator)
                .filter(Objects::nonNull)
                .filter(view -> !view.state().equals("Running"))
                .findFirst();
        boolean unasked = world.observation().aggregators().noneMatch(pod -> pod.aggregator() != null);
        if (Workloads.available(world.aggregator()) > 0 && (running.isPresent() || unasked)) {
            return Optional.of(Verdict.ok(ConditionType.StreamsReady, Reason.Running, name + " runs"));
        }
        Workloads.Trouble trouble =
                Workloads.trouble(world.aggregator(), world.observation().aggregators());
        if (other.isPresent()) {
            String message = Objects.requireNonNullElse(
                    other.get().message(), other.get().state());
            return Optional.of(Verdict.not(
                    ConditionType.StreamsReady,
                    Reason.of(other.get().reason(), trouble == null ? Reason.AggregatorStarting : trouble.reason()),
                    name + ": " + message));
        }
        return Optional.of(
                trouble == null
                        ? Verdict.not(ConditionType.StreamsReady, Reason.AggregatorStarting, name + " is not available")
                        : Verdict.not(ConditionType.StreamsReady, trouble.reason(), trouble.message()));
    }

    /** Informs: the worst group. */
    static Optional<Verdict> fresh(List<FeatureGroupStatus> groups) {
        if (groups.isEmpty()) {
            return Optional.empty();
        }
        for (FeatureState state : List.of(FeatureState.Missing, FeatureState.Stale, FeatureState.Unknown)) {
            for (FeatureGroupStatus group : groups) {
                if (group.getState() == state) {
                    Reason otherwise =
                            switch (state) {
                                case Missing -> Reason.FeaturesMissing;
                                case Stale -> Reason.FeaturesStale;
                                default -> Reason.NotObserved;
                            };
                    return Optional.of(Verdict.not(
                            ConditionType.FeaturesFresh,
                            Reason.of(group.getReason(), otherwise),
                            "features.groups[" + group.getGroup() + "] is " + state));
                }
            }
        }
        return Optional.of(
                Verdict.ok(ConditionType.FeaturesFresh, Reason.Fresh, "every feature group is within its freshness"));
    }

    /** One line per group, the worst that any server says. */
    static List<FeatureGroupStatus> groups(World world) {
        FeaturesPlan features = world.stack().plan().features();
        List<FeatureGroupStatus> groups = new ArrayList<>();
        for (FeatureGroup group : features == null ? List.<FeatureGroup>of() : features.groups()) {
            List<ServerView.GroupView> seen = world.observation()
                    .servers()
                    .map(PodView::server)
                    .filter(Objects::nonNull)
                    .flatMap(view -> view.features().stream())
                    .filter(view ->
                            view.group().equals(group.name()) && view.revision().equals(group.revision()))
                    .toList();
            FeatureGroupStatus status = new FeatureGroupStatus();
            status.setGroup(group.name());
            status.setRevision(group.revision());
            status.setState(seen.isEmpty() ? FeatureState.Unknown : FeatureState.Fresh);
            for (FeatureState state : List.of(FeatureState.Stale, FeatureState.Missing)) {
                seen.stream()
                        .filter(view -> view.state().equals(state.name()))
                        .findFirst()
                        .ifPresent(view -> {
                            status.setState(state);
                            status.setReason(view.reason());
                        });
            }
            groups.add(status);
        }
        return groups;
    }

    private static boolean has(Job job, String condition) {
        return job.getStatus() != null
                && job.getStatus().getConditions() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(c -> condition.equals(c.getType()) && "True".equals(c.getStatus()));
    }
}
