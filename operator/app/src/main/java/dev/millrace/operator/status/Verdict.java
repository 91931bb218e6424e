package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.RealtimeModel;
import java.util.Objects;
import java.util.Optional;

/**
 * What one detail condition says.
 *
 * @param known false: nobody can say, so {@code ok} says nothing either
 * @param message names the field or object and what to do
 */
record Verdict(ConditionType type, boolean known, boolean ok, Reason reason, String message) {

    static Verdict ok(ConditionType type, Reason reason, String message) {
        return new Verdict(type, true, true, reason, message);
    }

    static Verdict not(ConditionType type, Reason reason, String message) {
        return new Verdict(type, true, false, reason, message);
    }

    static Verdict unknown(ConditionType type, Reason reason, String message) {
        return new Verdict(type, false, false, reason, message);
    }

    /**
     * What the stored condition says of this generation, where it knew: for the operator's first moments, when it has asked
     * nobody yet, and for servers that do not answer.
     */
    static Optional<Verdict> keep(ConditionType type, RealtimeModel model) {
        return Statuses.find(model.getStatus(), type)
                .filter(c -> !c.getStatus().equals("Unknown")
                        && Objects.equals(
                                c.getObservedGeneration(), model.getMetadata().getGeneration()))
                .map(c -> new Verdict(
                        type,
                        true,
                        c.getStatus().equals("True"),
                        Reason.of(c.getReason(), Reason.NotObserved),
                        c.getMessage()));
    }
}
