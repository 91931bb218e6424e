package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The managed store. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class StatefulSets extends StackDependent<StatefulSet> {

    public StatefulSets() {
        super(StatefulSet.class);
    }
}
