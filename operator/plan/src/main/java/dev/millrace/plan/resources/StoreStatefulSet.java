package dev.millrace.plan.resources;

import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Hashes;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Quantities;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.StorePlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The managed store: one instance without a disk. A StatefulSet rather than a Deployment, so that there are never two of
 * them behind the Service, each with half of the values. It keeps running while the stack is suspended.
 */
public final class StoreStatefulSet {
    private static final String DATA = "data";

    private StoreStatefulSet() {}

    /** Null when the store is not ours. */
    public static @Nullable StatefulSet of(StackPlan plan) {
        FeaturesPlan features = plan.features();
        if (features == null || !plan.hasManagedStore() || !(features.store() instanceof StorePlan.Managed managed)) {
            return null;
        }
        return new StatefulSetBuilder()
                .withMetadata(Labels.meta(plan, Names.store(plan.name()), Labels.STORE))
                .withNewSpec()
                .withServiceName(Names.store(plan.name()))
                .withReplicas(1)
                .withRevisionHistoryLimit(3)
                .withNewSelector()
                .withMatchLabels(Labels.selector(plan, Labels.STORE))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Labels.of(plan, Labels.STORE))
                .addToAnnotations(Labels.CONFIG_HASH, Hashes.hex(StoreConfigMap.document(plan), 16))
                .endMetadata()
                .withSpec(Pods.spec(Names.store(plan.name()), 10)
                        .withContainers(container(plan, managed))
                        .withVolumes(
                                ConfigVolume.of(Names.store(plan.name()), StoreConfigMap.KEY)
                                        .withSecretFile(Names.store(plan.name()), StoreSecret.AUTH)
                                        .build(),
                                Pods.scratch(DATA, "64Mi"))
                        .build())
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Container container(StackPlan plan, StorePlan.Managed managed) {
        return Pods.container("store", plan.images().store())
                .withCommand(plan.images().storeCommand())
                .withArgs(Placement.CONFIG_DIR + "/" + StoreConfigMap.KEY)
                // keys are compared as strings by the write script: the collation must not depend on the image
                .addNewEnv()
                .withName("LC_ALL")
                .withValue("C")
                .endEnv()
                .addNewPort()
                .withName(StoreService.PORT)
                .withContainerPort(Placement.STORE_PORT)
                .withProtocol("TCP")
                .endPort()
                // one command thread: a second core is for I/O and lazy frees
                .withResources(Pods.resources(
                        Map.of("cpu", Quantities.canonical("100m"), "memory", managed.limit()),
                        Map.of("cpu", Quantities.canonical("2"), "memory", managed.limit())))
                .withReadinessProbe(tcp(2, 3))
                .withLivenessProbe(tcp(10, 3))
                .withVolumeMounts(Pods.readOnly(Pods.CONFIG, Placement.CONFIG_DIR), Pods.mount(DATA, "/data"))
                .build();
    }

    /** A connection is enough of a probe: it needs no password, and a loading or full store still accepts one. */
    private static Probe tcp(int periodSeconds, int failures) {
        return new ProbeBuilder()
                .withNewTcpSocket()
                .withPort(new IntOrString(StoreService.PORT))
                .endTcpSocket()
                .withPeriodSeconds(periodSeconds)
                .withTimeoutSeconds(2)
                .withFailureThreshold(failures)
                .withSuccessThreshold(1)
                .build();
    }
}
