package dev.millrace.plan.resources;

import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Labels, annotations and owner references of every object of a stack. */
public final class Labels {
    public static final String NAME = "app.kubernetes.io/name";
    public static final String INSTANCE = "app.kubernetes.io/instance";
    public static final String COMPONENT = "app.kubernetes.io/component";
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    public static final String VARIANT = "millrace.dev/variant";
    /** On the objects and pods of a batch load. */
    public static final String GROUP = "millrace.dev/group";
    /** On a load's Job: which life of the managed store it fills. */
    public static final String STORE_LIFE = "millrace.dev/store-life";
    /** On a load's Job: that life follows another, whose values are lost. */
    public static final String REFILL = "millrace.dev/refill";

    /** On a load's Job: which request of a person it answers. */
    public static final String REQUEST = "millrace.dev/request";
    /** On a load's Job: the values of an earlier one are there while it runs. */
    public static final String RELOAD = "millrace.dev/reload";

    public static final String CONFIG_HASH = "millrace.dev/config-hash";
    public static final String RATIONALE = "millrace.dev/rationale";

    public static final String SERVER = "server";
    public static final String AGGREGATOR = "aggregator";
    public static final String STORE = "store";
    public static final String LOADER = "loader";
    public static final String STABLE = "stable";
    public static final String MILLRACE = "millrace";

    private Labels() {}

    /** All labels of an object. */
    public static Map<String, String> of(StackPlan plan, String component) {
        Map<String, String> labels = new TreeMap<>(selector(plan, component));
        labels.put(MANAGED_BY, MILLRACE);
        return labels;
    }

    /** What selects the pods of a component; it can never change for a living Deployment. */
    public static Map<String, String> selector(StackPlan plan, String component) {
        Map<String, String> labels = new TreeMap<>();
        labels.put(NAME, MILLRACE);
        labels.put(INSTANCE, plan.name());
        labels.put(COMPONENT, component);
        if (component.equals(SERVER)) {
            labels.put(VARIANT, STABLE);
        }
        return labels;
    }

    /** Metadata with labels and the owner. */
    public static ObjectMeta meta(StackPlan plan, String name, String component) {
        return metaBuilder(plan, name, component).build();
    }

    static ObjectMetaBuilder metaBuilder(StackPlan plan, String name, String component) {
        OwnerReference owner = owner(plan);
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(plan.namespace())
                .withLabels(of(plan, component))
                .withOwnerReferences(owner == null ? List.of() : List.of(owner));
    }

    /** The RealtimeModel as controlling owner; null outside a cluster, where nothing has a uid. */
    public static @Nullable OwnerReference owner(StackPlan plan) {
        return plan.uid() == null
                ? null
                : new OwnerReferenceBuilder()
                        .withApiVersion("millrace.dev/v1alpha1")
                        .withKind("RealtimeModel")
                        .withName(plan.name())
                        .withUid(plan.uid())
                        .withController(true)
                        .build();
    }
}
