package dev.millrace.operator.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares and wraps statuses. */
public final class Statuses {

    private Statuses() {}

    /** True when writing {@code now} would change nothing. */
    public static boolean same(
            KubernetesSerialization serialization, @Nullable RealtimeModelStatus stored, RealtimeModelStatus now) {
        return stored != null
                && serialization
                        .unmarshal(serialization.asJson(stored), JsonNode.class)
                        .equals(serialization.unmarshal(serialization.asJson(now), JsonNode.class));
    }

    /** What is patched: a fresh object with name, namespace and status; under server-side apply nothing else is ours. */
    public static RealtimeModel patch(RealtimeModel model, RealtimeModelStatus status) {
        RealtimeModel fresh = new RealtimeModel();
        fresh.setMetadata(new ObjectMetaBuilder()
                .withName(model.getMetadata().getName())
                .withNamespace(model.getMetadata().getNamespace())
                .build());
        fresh.setSpec(null);
        fresh.setStatus(status);
        return fresh;
    }

    /** True for a reason that a healthy start does not pass through. */
    public static boolean isTrouble(Condition condition) {
        Reason reason = Reason.of(condition.getReason(), Reason.ReconcileError);
        return !reason.isOnTheWay() && reason != Reason.Suspended;
    }

    /** The condition of a type. */
    public static Optional<Condition> find(@Nullable RealtimeModelStatus status, ConditionType type) {
        List<Condition> conditions = status == null ? List.of() : status.getConditions();
        return conditions.stream().filter(c -> c.getType().equals(type.name())).findFirst();
    }
}
