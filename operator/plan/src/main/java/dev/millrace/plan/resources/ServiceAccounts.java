package dev.millrace.plan.resources;

import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Names;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One identity for each component. None gets a token: no process of a stack talks to the Kubernetes API. */
public final class ServiceAccounts {
    private ServiceAccounts() {}

    /** Those that the stack needs, in a fixed order. */
    public static List<ServiceAccount> of(StackPlan plan) {
        List<ServiceAccount> result = new ArrayList<>();
        add(result, server(plan));
        add(result, store(plan));
        add(result, aggregator(plan));
        add(result, loader(plan));
        return result;
    }

    /** Null when the spec names an existing one. */
    public static @Nullable ServiceAccount server(StackPlan plan) {
        String name = Names.server(plan.name());
        return ServerDeployment.serviceAccount(plan).equals(name) ? account(plan, name, Labels.SERVER) : null;
    }

    public static @Nullable ServiceAccount store(StackPlan plan) {
        return plan.hasManagedStore() ? account(plan, Names.store(plan.name()), Labels.STORE) : null;
    }

    public static @Nullable ServiceAccount aggregator(StackPlan plan) {
        FeaturesPlan features = plan.features();
        return features == null || features.aggregator() == null
                ? null
                : account(plan, Names.aggregator(plan.name()), Labels.AGGREGATOR);
    }

    public static @Nullable ServiceAccount loader(StackPlan plan) {
        FeaturesPlan features = plan.features();
        return features == null || features.batches().isEmpty()
                ? null
                : account(plan, Names.loader(plan.name()), Labels.LOADER);
    }

    private static void add(List<ServiceAccount> result, @Nullable ServiceAccount account) {
        if (account != null) {
            result.add(account);
        }
    }

    private static ServiceAccount account(StackPlan plan, String name, String component) {
        return new ServiceAccountBuilder()
                .withMetadata(Labels.meta(plan, name, component))
                .withAutomountServiceAccountToken(false)
                .build();
    }
}
