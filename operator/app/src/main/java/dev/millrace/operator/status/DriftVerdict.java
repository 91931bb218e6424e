package dev.millrace.operator.status;

import dev.millrace.contract.drift.StabilityIndex;
import dev.millrace.operator.observe.DriftView;
import dev.millrace.operator.observe.PooledView;
import dev.millrace.plan.DriftPlan;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.monitoring.Alert;
import io.fabric8.kubernetes.api.model.Condition;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether features are distributed otherwise than in training; only where the spec watches it. Informs. Which ones had
 * drifted is what the stored condition's message begins with: a feature leaves it when it is well below the threshold.
 */
final class DriftVerdict {

    private static final String AND = ", ";
    private static final String END = ": ";

    private DriftVerdict() {}

    static Optional<Verdict> of(World world) {
        StackPlan plan = world.stack().plan();
        DriftPlan drift = plan.drift();
        return drift == null
                ? Optional.empty()
                : Optional.of(
                        plan.suspended()
                                ? unknown(Reason.Suspended, "spec.suspend is true: no server runs, nothing is counted")
                                : of(world, drift));
    }

    private static Verdict of(World world, DriftPlan drift) {
        PooledView pooled = world.observation().pooled();
        List<DriftView> views = pooled.features().stream()
                .filter(view ->
                        view.version().equals(world.stack().plan().model().version())
                                && view.threshold() == drift.threshold())
                .toList();
        if (views.isEmpty() && !pooled.complete()) {
            Optional<Verdict> kept = Verdict.keep(ConditionType.DriftDetected, world.model());
            if (kept.isPresent()) {
                return kept.get();
            }
        }
        Optional<Condition> stored = Statuses.find(world.model().getStatus(), ConditionType.DriftDetected);
        Set<String> before = stored.filter(c -> c.getStatus().equals("True"))
                .map(c ->
                        Set.copyOf(Arrays.asList(c.getMessage().split(END, 2)[0].split(AND))))
                .orElse(Set.of());
        boolean knew = stored.filter(c -> !c.getStatus().equals("Unknown")).isPresent();
        String drifted = views.stream()
                .filter(view -> drifted(view, before.contains(view.feature()), pooled.complete()))
                .map(DriftView::feature)
                .distinct()
                .collect(Collectors.joining(AND));
        String threshold =
                BigDecimal.valueOf(drift.threshold()).stripTrailingZeros().toPlainString();
        if (!drifted.isEmpty()) {
            return Verdict.ok(
                    ConditionType.DriftDetected,
                    Reason.FeatureDrift,
                    drifted + END + "distributed otherwise than in " + drift.baseline()
                            + " over the last 24 hours, with a population stability index above " + threshold
                            + "; see the runbook " + Alert.FEATURE_DRIFT.alertName());
        }
        if (pooled.driftProblem() != null) {
            return unknown(Reason.BaselineInvalid, pooled.driftProblem());
        }
        if (views.isEmpty()) {
            return unknown(
                    Reason.NotObserved,
                    "no server has told of its features under this monitoring.drift; one of an earlier release does not");
        }
        if (views.stream().noneMatch(view -> view.volume().isKnown(knew))) {
            return unknown(
                    Reason.TooFewSamples,
                    "the running servers have not scored more than " + StabilityIndex.MIN_VALUES
                            + " vectors in the last 24 hours, which is too few to compare with " + drift.baseline());
        }
        return Verdict.not(
                ConditionType.DriftDetected,
                Reason.NoDrift,
                "no watched feature has a population stability index above " + threshold + " and above chance");
    }

    private static boolean drifted(DriftView view, boolean had, boolean complete) {
        if (had) {
            // a silent server may have counted what has drifted
            return !complete || (view.volume().isKnown(true) && !view.settled());
        }
        return view.drifted();
    }

    private static Verdict unknown(Reason reason, String message) {
        return Verdict.unknown(ConditionType.DriftDetected, reason, message);
    }
}
