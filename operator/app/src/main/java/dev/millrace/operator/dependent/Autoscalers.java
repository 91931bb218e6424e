package dev.millrace.operator.dependent;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** The autoscaler of the servers. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class Autoscalers extends StackDependent<HorizontalPodAutoscaler> {

    public Autoscalers() {
        super(HorizontalPodAutoscaler.class);
    }
}
