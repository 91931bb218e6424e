package dev.millrace.operator;

import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Monitoring;
import dev.millrace.plan.resources.Resources;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;

/** Everything that the plan wants to exist: the stack, and what watches it. */
final class StackObjects {

    private StackObjects() {}

    static List<HasMetadata> of(StackPlan plan) {
        List<HasMetadata> objects = new ArrayList<>(Resources.all(plan));
        objects.addAll(Monitoring.of(plan));
        return objects;
    }
}
