package dev.millrace.operator.status;

import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.status.Workloads.Trouble;
import dev.millrace.plan.AggregatorPlan;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether an aggregator runs, and whether a topic is scored; only with stream groups or stream inference. */
final class StreamsVerdict {

    private StreamsVerdict() {}

    /** Both, where there are both: what does not run goes first, and then what has something to tell. */
    static Optional<Verdict> of(World world) {
        List<Verdict> both = Stream.of(aggregators(world), StreamInferenceVerdict.of(world))
                .flatMap(Optional::stream)
                .toList();
        return both.stream()
                .filter(v -> !v.ok())
                .findFirst()
                .or(() ->
                        both.stream().filter(v -> v.reason() != Reason.Running).findFirst())
                .or(() -> both.stream().findFirst());
    }

    /** One that runs is enough for True; the reason is that of the worst of them all the same. */
    private static Optional<Verdict> aggregators(World world) {
        StackPlan plan = world.stack().plan();
        FeaturesPlan features = plan.features();
        if (features == null || features.aggregator() == null) {
            return Optional.empty();
        }
        if (plan.suspended()) {
            return Optional.of(Verdict.not(
                    ConditionType.StreamsReady, Reason.Suspended, "spec.suspend is true: no aggregator runs"));
        }
        AggregatorPlan aggregator = features.aggregator();
        String name = "Deployment " + Names.aggregator(plan.name());
        String runs = aggregator.maxReplicas() > aggregator.minReplicas()
                ? name + " runs, " + aggregator.replicas() + " of at most " + aggregator.maxReplicas()
                : name + " runs";
        List<Trouble> troubles = Troubles.aggregators(world.observation());
        if (Workloads.available(world.aggregator()) > 0 && runs(world)) {
            return Optional.of(
                    troubles.isEmpty()
                            ? Verdict.ok(ConditionType.StreamsReady, Reason.Running, runs)
                            : Verdict.ok(
                                    ConditionType.StreamsReady,
                                    troubles.get(0).reason(),
                                    runs + ". " + troubles.get(0).message()));
        }
        Trouble trouble = troubles.isEmpty()
                ? Workloads.trouble(world.aggregator(), world.observation().aggregators())
                : troubles.get(0);
        if (trouble != null) {
            return Optional.of(
                    Verdict.not(ConditionType.StreamsReady, trouble.reason(), name + ": " + trouble.message()));
        }
        return Optional.of(
                ranBefore(world)
                        ? Verdict.not(
                                ConditionType.StreamsReady,
                                Reason.AggregatorRecovering,
                                name + " is coming back: its features stay as they were until then")
                        : Verdict.not(
                                ConditionType.StreamsReady, Reason.AggregatorStarting, name + " is not available"));
    }

    /** Readiness speaks for pods that do not answer. */
    private static boolean runs(World world) {
        List<PodView> told = world.observation()
                .aggregators()
                .filter(pod -> pod.aggregator() != null)
                .toList();
        return told.isEmpty()
                || told.stream()
                        .map(PodView::aggregator)
                        .anyMatch(view -> Objects.requireNonNull(view).state().equals("Running"));
    }

    private static boolean ranBefore(World world) {
        return Statuses.find(world.model().getStatus(), ConditionType.StreamsReady)
                .filter(c -> c.getStatus().equals("True") || c.getReason().equals(Reason.AggregatorRecovering.name()))
                .isPresent();
    }
}
