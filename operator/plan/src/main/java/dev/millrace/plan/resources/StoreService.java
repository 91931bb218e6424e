package dev.millrace.plan.resources;

import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import org.jspecify.annotations.Nullable;

/** The managed store's address. */
public final class StoreService {
    static final String PORT = "store";

    private StoreService() {}

    /** Null when the store is not ours. */
    public static @Nullable Service of(StackPlan plan) {
        if (!plan.hasManagedStore()) {
            return null;
        }
        return new ServiceBuilder()
                .withMetadata(Labels.meta(plan, Names.store(plan.name()), Labels.STORE))
                .withNewSpec()
                .withSelector(Labels.selector(plan, Labels.STORE))
                .addNewPort()
                .withName(PORT)
                .withPort(Placement.STORE_PORT)
                .withTargetPort(new IntOrString(PORT))
                .withProtocol("TCP")
                .endPort()
                .endSpec()
                .build();
    }
}
