package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** Who may call what. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class NetworkPolicies extends StackDependent<NetworkPolicy> {

    public NetworkPolicies() {
        super(NetworkPolicy.class);
    }
}
