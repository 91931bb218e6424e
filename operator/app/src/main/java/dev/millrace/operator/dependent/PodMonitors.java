package dev.millrace.operator.dependent;

import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** What Prometheus scrapes, where it is installed. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class PodMonitors extends StackDependent<PodMonitor> {

    public PodMonitors() {
        super(PodMonitor.class);
    }
}
