package dev.millrace.operator.status;

import dev.millrace.contract.capacity.Percentile;
import dev.millrace.contract.config.ServingConfig.Slo;
import dev.millrace.operator.observe.PooledView;
import dev.millrace.operator.observe.SloView;
import dev.millrace.plan.monitoring.Alert;
import dev.millrace.plan.monitoring.SloEvidence;
import io.fabric8.kubernetes.api.model.Condition;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the servers keep what the spec promises. Informs. What an objective was before is the stored condition's reason:
 * it takes more to change it than to keep it.
 */
final class SloVerdict {

    private static final String LATENCY = "latency";
    private static final String AVAILABILITY = "availability";
    private static final String UNKNOWN = "Unknown";
    private static final Set<Reason> LATENCY_REASONS =
            Set.of(Reason.LatencyMissed, Reason.LatencyAndAvailabilityMissed);
    private static final Set<Reason> AVAILABILITY_REASONS =
            Set.of(Reason.AvailabilityMissed, Reason.LatencyAndAvailabilityMissed);

    private SloVerdict() {}

    static Verdict of(World world) {
        if (world.stack().plan().suspended()) {
            return Verdict.unknown(
                    ConditionType.SLOMet,
                    Reason.Suspended,
                    "spec.suspend is true: no server runs, nothing is promised");
        }
        Slo slo = world.stack().plan().slo();
        PooledView pooled = world.observation().pooled();
        Optional<Condition> stored = Statuses.find(world.model().getStatus(), ConditionType.SLOMet);
        SloView latency = find(pooled, LATENCY, slo.percentile(), slo.thresholdMs());
        SloView availability = find(pooled, AVAILABILITY, slo.availability(), null);
        if (latency == null || availability == null) {
            return notObserved(world);
        }
        boolean knew = stored.filter(c -> !c.getStatus().equals(UNKNOWN)).isPresent();
        boolean late = missed(latency, wasMissed(stored, LATENCY_REASONS), knew, pooled.complete());
        boolean failing = missed(availability, wasMissed(stored, AVAILABILITY_REASONS), knew, pooled.complete());
        String before = stored.map(Condition::getMessage).orElse("");
        if (late || failing) {
            return Verdict.not(
                    ConditionType.SLOMet,
                    !late
                            ? Reason.AvailabilityMissed
                            : failing ? Reason.LatencyAndAvailabilityMissed : Reason.LatencyMissed,
                    (late ? latency(slo, latency, before) : "")
                            + (late && failing ? " " : "")
                            + (failing ? availability(slo, availability, before) : ""));
        }
        if (!latency.volume().isKnown(knew) || !availability.volume().isKnown(knew)) {
            return Verdict.unknown(
                    ConditionType.SLOMet,
                    Reason.TooFewRequests,
                    "the running servers have not had more than " + SloEvidence.MIN_EVENTS
                            + " requests in the last hour, which is too few to judge by");
        }
        return Verdict.ok(
                ConditionType.SLOMet,
                Reason.ObjectivesMet,
                "both objectives were kept over the last hour: " + slo.percentile() + "% within " + threshold(slo)
                        + ", " + slo.availability() + "% answered");
    }

    private static Verdict notObserved(World world) {
        Optional<Verdict> kept = world.observation().pooled().complete()
                ? Optional.empty()
                : Verdict.keep(ConditionType.SLOMet, world.model());
        return kept.orElseGet(() -> Verdict.unknown(
                ConditionType.SLOMet,
                Reason.NotObserved,
                "no server has told of its requests under this slo; one of an earlier release does not"));
    }

    private static boolean missed(SloView view, boolean was, boolean knew, boolean complete) {
        if (was) {
            // a silent server may be the very one that misses it
            return !complete || (view.volume().isKnown(knew) && !view.met());
        }
        return view.volume().isKnown(knew) && view.missed();
    }

    private static boolean wasMissed(Optional<Condition> stored, Set<Reason> reasons) {
        return stored.filter(c -> c.getStatus().equals("False"))
                .map(c -> Reason.of(c.getReason(), Reason.ObjectivesMet))
                .filter(reasons::contains)
                .isPresent();
    }

    private static @Nullable SloView find(PooledView pooled, String slo, String objective, @Nullable Double threshold) {
        return pooled.objectives().stream()
                .filter(view -> view.slo().equals(slo)
                        && view.objective().equals(objective)
                        && Objects.equals(view.thresholdMs(), threshold))
                .findFirst()
                .orElse(null);
    }

    private static String latency(Slo slo, SloView view, String before) {
        return "slo.latency: "
                + percent(slo.percentile())
                + " of the requests may take longer than " + threshold(slo) + " or get no answer of the model; "
                + spent(view, Alert.LATENCY_BUDGET_BURN, before);
    }

    private static String availability(Slo slo, SloView view, String before) {
        return "slo.availability: "
                + percent(slo.availability())
                + " of the requests may fail, time out or be shed; "
                + spent(view, Alert.ERROR_BUDGET_BURN, before);
    }

    /**
     * What was said stays while it is true and the next step at most is reached: a share near a step would be written all
     * the time.
     */
    private static String spent(SloView view, Alert alert, String before) {
        String end = "; see the runbook " + alert.alertName() + ".";
        if (view.met()) {
            return "more did, and one of the servers does not say whether it is over" + end;
        }
        String lower = times(SloView.stepBelow(view.times())) + end;
        return before.contains(lower) ? lower : times(view.times()) + end;
    }

    private static String times(double times) {
        return "in the last hour more than "
                + (times < 1 ? "half as many did" : times == 1 ? "that did" : decimal(times) + " times as many did");
    }

    private static String percent(String objective) {
        return new Percentile(objective)
                        .budget()
                        .movePointRight(2)
                        .stripTrailingZeros()
                        .toPlainString() + "%";
    }

    private static String threshold(Slo slo) {
        return decimal(slo.thresholdMs()) + "ms";
    }

    private static String decimal(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
