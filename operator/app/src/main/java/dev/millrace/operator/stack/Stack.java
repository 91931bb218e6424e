package dev.millrace.operator.stack;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one reconciliation is about: the plan, computed once, and the objects that must exist.
 *
 * @param objects fresh copies, because java-operator-sdk writes into what it applies
 */
public record Stack(StackPlan plan, List<HasMetadata> objects) {

    private static final String KEY = "millrace.stack";

    /** Hands the stack to the dependents of this reconciliation. */
    public void putInto(Context<RealtimeModel> context) {
        context.managedWorkflowAndDependentResourceContext().put(KEY, this);
    }

    /** The stack that was handed to this reconciliation. */
    public static Stack of(Context<RealtimeModel> context) {
        return context.managedWorkflowAndDependentResourceContext().getMandatory(KEY, Stack.class);
    }

    /** The objects of one kind, by name. */
    public <R extends HasMetadata> Map<ResourceID, R> of(Class<R> type) {
        Map<ResourceID, R> found = new LinkedHashMap<>();
        for (HasMetadata object : objects) {
            if (type.isInstance(object)) {
                found.put(ResourceID.fromResource(object), type.cast(object));
            }
        }
        return found;
    }
}
