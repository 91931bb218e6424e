package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** How many servers a drain may take. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class PodDisruptionBudgets extends StackDependent<PodDisruptionBudget> {

    public PodDisruptionBudgets() {
        super(PodDisruptionBudget.class);
    }
}
