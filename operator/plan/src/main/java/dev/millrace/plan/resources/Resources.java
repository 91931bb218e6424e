package dev.millrace.plan.resources;

import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every object of a stack, in the order in which a reader (and an apply) wants them. */
public final class Resources {
    private Resources() {}

    /**
     * All but the store's Secret, which is created once with a password of its own ({@link StoreSecret}), and the
     * monitoring objects.
     */
    public static List<HasMetadata> all(StackPlan plan) {
        List<HasMetadata> objects = new ArrayList<>(ServiceAccounts.of(plan));
        add(objects, StoreConfigMap.of(plan));
        add(objects, StoreService.of(plan));
        add(objects, StoreStatefulSet.of(plan));
        add(objects, AggregatorConfigMap.of(plan));
        add(objects, AggregatorDeployment.of(plan));
        objects.addAll(Loaders.firstJobs(plan));
        objects.addAll(Loaders.cronJobs(plan));
        add(objects, ServerConfigMap.of(plan));
        add(objects, ServerDeployment.of(plan));
        add(objects, ServerService.of(plan));
        add(objects, ServerAutoscaler.of(plan));
        add(objects, ServerPodDisruptionBudget.of(plan));
        add(objects, NetworkPolicies.server(plan));
        add(objects, NetworkPolicies.store(plan));
        add(objects, NetworkPolicies.aggregator(plan));
        return List.copyOf(objects);
    }

    private static void add(List<HasMetadata> objects, @Nullable HasMetadata object) {
        if (object != null) {
            objects.add(object);
        }
    }
}
