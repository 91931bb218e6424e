package dev.millrace.operator.dependent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.APIResourceBuilder;
import io.fabric8.kubernetes.api.model.APIResourceListBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** An answer of the discovery holds for a minute, and no longer: a kind may be installed later, or taken away. */
@EnableKubernetesMockClient
class ApiInstalledMockTest {

    private static final String DISCOVERY = "/apis/monitoring.coreos.com/v1";

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesMockServer server;

    @SuppressWarnings("NullAway.Init")
    KubernetesClient client;

    private Instant now = Instant.parse("2026-11-25T12:00:00Z");

    @Test
    void itIsAskedAgainAfterAMinute() {
        ApiInstalled<PodMonitor> condition = new ApiInstalled<>(PodMonitor.class, () -> now) {};
        assertThat(condition.installed(client)).isFalse();
        server.expect()
                .get()
                .withPath(DISCOVERY)
                .andReturn(
                        200,
                        new APIResourceListBuilder()
                                .addToResources(new APIResourceBuilder()
                                        .withName("podmonitors")
                                        .withKind("PodMonitor")
                                        .build())
                                .build())
                .once();
        now = now.plusSeconds(59);
        assertThat(condition.installed(client)).isFalse();
        now = now.plusSeconds(2);
        assertThat(condition.installed(client)).isTrue();
        now = now.plusSeconds(59);
        assertThat(condition.installed(client)).isTrue();
        now = now.plusSeconds(2);
        assertThat(condition.installed(client)).isFalse();
    }
}
