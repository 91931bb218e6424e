package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.Service;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** Addresses of servers and store. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class Services extends StackDependent<Service> {

    public Services() {
        super(Service.class);
    }
}
