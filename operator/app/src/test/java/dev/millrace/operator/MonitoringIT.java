package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** PodMonitor and PrometheusRule: a condition says so where they can't be, and they are there where they can. */
@ExtendWith(KubeApi.class)
class MonitoringIT {

    private static final int NO_STATUS = 9;

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @BeforeEach
    void inject(KubernetesClient injected) {
        client = injected;
    }

    @AfterEach
    void clear() {
        client.resources(RealtimeModel.class).inNamespace(Samples.NAMESPACE).delete();
    }

    @Test
    void theyAreAppliedOnceTheirKindsAreServed() {
        LiveStack stack = new LiveStack(client, "watched");
        try (TestOperator before = TestOperator.start(client, true, NO_STATUS)) {
            stack.comeUp();
            assertThat(Eventually.condition(
                                    client, "watched", ConditionType.MonitoringReady, "False", "CrdNotInstalled")
                            .getMessage())
                    .contains("monitoring.coreos.com/v1");
        }
        // the answer holds for a minute (ApiInstalledMockTest): another operator asks at once
        try (MonitoringApi api = MonitoringApi.install(client);
                TestOperator after = TestOperator.start(client, true, NO_STATUS)) {
            Eventually.condition(client, "watched", ConditionType.MonitoringReady, "True", "Installed");
            Eventually.condition(client, "watched", ConditionType.Ready, "True", "Available");
            String uid = TestOperator.get(client, "watched").getMetadata().getUid();
            for (HasMetadata object : List.of(only(stack, PodMonitor.class), only(stack, PrometheusRule.class))) {
                // so that they go with the RealtimeModel; the collector is not part of this API server
                assertThat(object.getMetadata().getOwnerReferences())
                        .singleElement()
                        .satisfies(owner -> assertThat(owner.getUid()).isEqualTo(uid));
            }
            stack.edit(m -> m.getSpec().getMonitoring().setLabels(Map.of("release", "prometheus")));
            Eventually.that("the labels that a Prometheus selects by", () -> "prometheus"
                    .equals(only(stack, PrometheusRule.class)
                            .getMetadata()
                            .getLabels()
                            .get("release")));
            client.resource(only(stack, PrometheusRule.class)).delete();
            Eventually.that("a deleted rule comes back", () -> !stack.list(PrometheusRule.class)
                    .isEmpty());
        }
    }

    private static <T extends HasMetadata> T only(LiveStack stack, Class<T> type) {
        List<T> all = stack.list(type);
        assertThat(all).hasSize(1);
        return all.get(0);
    }
}
