package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.Tls;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Objects;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** {@code spec.server.tls} in a stack's objects. */
@NullUnmarked // what is null here fails the test
class TlsTest {
    private static final StackPlan PLAIN = Specs.plan();
    private static final StackPlan TLS = Specs.plan("spec.server.tls: {secretRef: {name: fraud-tls}}");

    private static Container server(StackPlan plan) {
        return ServerDeployment.of(plan)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
    }

    @Test
    void theDocumentNamesTheMountedFiles() {
        assertThat(TLS.servingConfig(Placement.kubernetes(TLS)).server().tls())
                .isEqualTo(new Tls("/etc/millrace/tls/tls.crt", "/etc/millrace/tls/tls.key"));
        assertThat(PLAIN.servingConfig(Placement.kubernetes(PLAIN)).server().tls())
                .isNull();
        SecretProjection secret =
                ServerDeployment.of(TLS)
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getVolumes()
                        .get(0)
                        .getProjected()
                        .getSources()
                        .stream()
                        .map(s -> s.getSecret())
                        .filter(Objects::nonNull)
                        .filter(s -> s.getName().equals("fraud-tls"))
                        .findFirst()
                        .orElseThrow();
        assertThat(secret.getItems()).extracting(i -> i.getPath()).containsExactly("tls/tls.crt", "tls/tls.key");
        assertThat(secret.getOptional())
                .as("the server says what is missing; a pod that waits for a mount says nothing")
                .isTrue();
    }

    @Test
    void theServiceSaysWhichProtocolItSpeaks() {
        assertThat(ServerService.of(TLS).getSpec().getPorts())
                .extracting(ServicePort::getName, ServicePort::getAppProtocol, p -> p.getTargetPort()
                        .getStrVal())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("https", "https", "http"),
                        org.assertj.core.groups.Tuple.tuple("grpcs", "https", "grpc"));
        assertThat(ServerService.of(PLAIN).getSpec().getPorts())
                .extracting(ServicePort::getName, ServicePort::getAppProtocol)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("http", "http"),
                        org.assertj.core.groups.Tuple.tuple("grpc", "kubernetes.io/h2c"));
    }

    /** The metrics port stays plain: kubelet, Prometheus and the operator need no certificate's authority. */
    @Test
    void probesPoliciesAndScrapingAreAsWithoutIt() {
        Container tls = server(TLS);
        Container plain = server(PLAIN);
        for (Probe probe : new Probe[] {tls.getStartupProbe(), tls.getLivenessProbe(), tls.getReadinessProbe()}) {
            assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("metrics");
            assertThat(probe.getHttpGet().getScheme()).isEqualTo("HTTP");
        }
        assertThat(tls.getReadinessProbe()).isEqualTo(plain.getReadinessProbe());
        assertThat(NetworkPolicies.server(TLS)).isEqualTo(NetworkPolicies.server(PLAIN));
        assertThat(Monitoring.of(TLS).get(0)).isEqualTo(Monitoring.of(PLAIN).get(0));
    }
}
