package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** Servers and aggregators. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class Deployments extends StackDependent<Deployment> {

    public Deployments() {
        super(Deployment.class);
    }
}
