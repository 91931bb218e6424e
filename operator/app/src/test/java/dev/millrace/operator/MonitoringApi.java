package dev.millrace.operator;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The Prometheus operator's kinds, without their schemas: installed for one test, because others test their absence. */
final class MonitoringApi implements AutoCloseable {

    private static final String GROUP = "monitoring.coreos.com";
    private static final Map<String, String> KINDS =
            Map.of("podmonitors", "PodMonitor", "prometheusrules", "PrometheusRule");

    private final KubernetesClient client;

    private MonitoringApi(KubernetesClient client) {
        this.client = client;
    }

    static MonitoringApi install(KubernetesClient client) {
        MonitoringApi api = new MonitoringApi(client);
        KINDS.forEach(
                (plural, kind) -> client.resource(definition(plural, kind)).create());
        Eventually.that("the monitoring kinds are served", () -> KINDS.values().stream()
                .allMatch(kind -> client.supports(GROUP + "/v1", kind)));
        return api;
    }

    private static CustomResourceDefinition definition(String plural, String kind) {
        return new CustomResourceDefinitionBuilder()
                .withNewMetadata()
                .withName(plural + "." + GROUP)
                .endMetadata()
                .withNewSpec()
                .withGroup(GROUP)
                .withScope("Namespaced")
                .withNewNames()
                .withPlural(plural)
                .withSingular(kind.toLowerCase(java.util.Locale.ROOT))
                .withKind(kind)
                .withListKind(kind + "List")
                .endNames()
                .addNewVersion()
                .withName("v1")
                .withServed(true)
                .withStorage(true)
                .withNewSchema()
                .withNewOpenAPIV3Schema()
                .withType("object")
                .withXKubernetesPreserveUnknownFields(true)
                .endOpenAPIV3Schema()
                .endSchema()
                .endVersion()
                .endSpec()
                .build();
    }

    @Override
    public void close() {
        List<CustomResourceDefinition> all =
                client.apiextensions().v1().customResourceDefinitions().list().getItems();
        all.stream()
                .filter(crd -> Objects.equals(crd.getSpec().getGroup(), GROUP))
                .forEach(crd -> client.resource(crd).delete());
        Eventually.that("the monitoring kinds are gone", () -> KINDS.values().stream()
                .noneMatch(kind -> client.supports(GROUP + "/v1", kind)));
    }
}
