package dev.millrace.operator.events;

import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A condition that says something new.
 *
 * @param warning something is wrong, and not only on its way
 */
record Change(boolean warning, String reason, String message) {

    /** One for each reason: Ready repeats what a detail says. */
    static List<Change> between(@Nullable RealtimeModelStatus stored, RealtimeModelStatus now) {
        List<Change> changes = new ArrayList<>();
        Set<String> reasons = new HashSet<>();
        boolean stalled = Statuses.find(now, ConditionType.Stalled).isPresent();
        Optional<String> degraded = Statuses.find(now, ConditionType.Degraded)
                .filter(c -> c.getStatus().equals("True"))
                .map(Condition::getReason);
        for (ConditionType type : ConditionType.values()) {
            if (type == ConditionType.Reconciling || (type == ConditionType.Ready && stalled)) {
                continue;
            }
            Optional<Condition> condition = Statuses.find(now, type);
            Optional<Condition> before = Statuses.find(stored, type);
            if (condition.isPresent()
                    && isNew(condition.get(), before)
                    && !isLeftToDegraded(type, condition.get(), degraded)
                    && !isQuiet(type, condition.get(), before)
                    && reasons.add(condition.get().getReason())) {
                changes.add(new Change(
                        warns(type, condition.get(), stalled),
                        condition.get().getReason(),
                        condition.get().getType() + ": " + condition.get().getMessage()));
            }
        }
        return changes;
    }

    /** A True with the reason of what is wrong all the same: Degraded says it, and as a warning. */
    private static boolean isLeftToDegraded(ConditionType type, Condition condition, Optional<String> degraded) {
        return type != ConditionType.Degraded
                && !isFalse(condition)
                && degraded.filter(condition.getReason()::equals).isPresent()
                && type != ConditionType.Stalled;
    }

    /** Nobody has to hear that nothing is known, nor that what tells of trouble begins without any. */
    private static boolean isQuiet(ConditionType type, Condition now, Optional<Condition> before) {
        return switch (type) {
            case Degraded -> before.isEmpty() && isFalse(now);
            case DriftDetected ->
                isUnknown(now)
                        || (isFalse(now) && before.filter(c -> !isUnknown(c)).isEmpty());
            case SLOMet -> isUnknown(now);
            default -> false;
        };
    }

    private static boolean isUnknown(Condition condition) {
        return condition.getStatus().equals("Unknown");
    }

    private static boolean isFalse(Condition condition) {
        return condition.getStatus().equals("False");
    }

    private static boolean isNew(Condition now, Optional<Condition> before) {
        return before.isEmpty()
                || !before.get().getStatus().equals(now.getStatus())
                || !before.get().getReason().equals(now.getReason());
    }

    private static boolean warns(ConditionType type, Condition condition, boolean stalled) {
        return switch (type) {
            case Stalled, SpecWarnings -> true;
            case ModelReady, ServerReady, FeaturesReady, StreamsReady, Ready ->
                isFalse(condition) && (stalled || Statuses.isTrouble(condition));
            case SLOFeasible, SLOMet -> isFalse(condition);
            case DriftDetected -> !isFalse(condition);
            case Degraded -> !isFalse(condition) && Statuses.isTrouble(condition);
            default -> false;
        };
    }
}
