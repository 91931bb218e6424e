package dev.millrace.plan.monitoring;

import io.fabric8.openshift.api.model.monitoring.v1.PodMetricsEndpointBuilder;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitorBuilder;
import io.fabric8.openshift.api.model.monitoring.v1.RelabelConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The PodMonitor {@code <model>}: servers and aggregators, on their metrics port. The caller adds owner references. */
public final class PodMonitors {
    private PodMonitors() {}

    public static PodMonitor of(MonitoringPlan plan) {
        return new PodMonitorBuilder()
                .withNewMetadata()
                .withName(plan.model())
                .withNamespace(plan.namespace())
                .withLabels(new TreeMap<>(plan.labels()))
                .endMetadata()
                .withNewSpec()
                .withNewSelector()
                .withMatchLabels(new TreeMap<>(
                        Map.of("app.kubernetes.io/name", "millrace", "app.kubernetes.io/instance", plan.model())))
                .addNewMatchExpression()
                .withKey("app.kubernetes.io/component")
                .withOperator("In")
                .withValues("aggregator", "server")
                .endMatchExpression()
                .endSelector()
                .withPodMetricsEndpoints(new PodMetricsEndpointBuilder()
                        .withPort("metrics")
                        .withPath("/metrics")
                        .withInterval("15s")
                        // the pods say their namespace too, for those who scrape without an operator
                        .withMetricRelabelings(List.of(new RelabelConfigBuilder()
                                .withAction("labeldrop")
                                .withRegex("exported_namespace")
                                .build()))
                        .build())
                .endSpec()
                .build();
    }
}
