package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** Accounts of the pods; none has a token. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class ServiceAccounts extends StackDependent<ServiceAccount> {

    public ServiceAccounts() {
        super(ServiceAccount.class);
    }
}
