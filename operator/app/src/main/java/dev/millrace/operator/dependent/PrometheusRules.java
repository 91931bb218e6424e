package dev.millrace.operator.dependent;

import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.KubernetesDependent;

/** Alerts, where Prometheus is installed. */
@KubernetesDependent(informer = @Informer(labelSelector = StackDependent.OURS))
public class PrometheusRules extends StackDependent<PrometheusRule> {

    public PrometheusRules() {
        super(PrometheusRule.class);
    }
}
