package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.FeaturesSpec;
import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.stack.Annotations;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The reconciler against a mock API server, with the Deployment controller and the kubelet played by hand. */
@EnableKubernetesMockClient(crud = true)
class ReconcilerMockTest {

    private static final String NAME = "fraud";
    /** Nobody listens there: readiness alone speaks for a pod. */
    private static final int NO_STATUS = 9;

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    TestOperator operator;

    @SuppressWarnings("NullAway.Init")
    FakeCluster cluster;

    @BeforeEach
    void start() {
        operator = TestOperator.start(client, false, NO_STATUS);
        cluster = new FakeCluster(client, NAME);
    }

    @AfterEach
    void stop() {
        operator.close();
    }

    @Test
    void aStackComesUpAndStatusTellsTheTruthOnTheWay() {
        client.resource(Samples.fraud(NAME)).create();
        Eventually.condition(client, NAME, ConditionType.Ready, "False", "Loading");
        Eventually.condition(client, NAME, ConditionType.Reconciling, "True", "Loading");
        Eventually.condition(client, NAME, ConditionType.MonitoringReady, "False", "CrdNotInstalled");
        comeUp();
        RealtimeModelStatus status = status();
        assertThat(status.getUrl()).isEqualTo("http://fraud.default.svc:8080");
        assertThat(status.getObservedGeneration()).isEqualTo(1L);
        assertThat(Objects.requireNonNull(status.getResolvedImages()).getServer())
                .isEqualTo(TestOperator.IMAGES.server());
        assertThat(Objects.requireNonNull(status.getModelStatus()).getState()).isEqualTo(ModelState.Loaded);
        assertThat(Statuses.find(status, ConditionType.Reconciling)).isEmpty();
        assertThat(model().getMetadata().getFinalizers()).isEmpty();
        assertThat(client.v1().events().inNamespace(Samples.NAMESPACE).list().getItems())
                .anySatisfy(e -> assertThat(e.getReason()).isEqualTo("Available"));
    }

    @Test
    void aBadSpecStallsNamesTheFieldAndTheRunningStackStays() {
        client.resource(Samples.fraud(NAME)).create();
        comeUp();
        String before = deploymentVersion();
        edit(m -> Objects.requireNonNull(m.getSpec().getFeatures()).getVector().set(1, "purchases.no_such_feature"));
        String message = Eventually.condition(client, NAME, ConditionType.Ready, "False", "InvalidSpec")
                .getMessage();
        assertThat(message).contains("spec.features.vector[1]").contains("keeps running");
        assertThat(Statuses.find(status(), ConditionType.Stalled)).isPresent();
        assertThat(status().getObservedGeneration()).isEqualTo(2L);
        assertThat(deploymentVersion()).isEqualTo(before);
        edit(m -> Objects.requireNonNull(m.getSpec().getFeatures()).getVector().set(1, "purchases.count_5m"));
        Eventually.absent(client, NAME, ConditionType.Stalled);
    }

    @Test
    void aWrongDigestIsToldInTheLoadersOwnWords() {
        client.resource(Samples.fraud(NAME)).create();
        comeUp();
        cluster.failedLoaderPod("DigestMismatch: model.onnx has sha256:00, the spec says sha256:11");
        Eventually.condition(client, NAME, ConditionType.ModelReady, "False", "DigestMismatch");
        RealtimeModelStatus status = status();
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(status.getModelStatus()).getLastFailure())
                        .getMessage())
                .contains("sha256:00");
        assertThat(Statuses.find(status, ConditionType.Stalled)).isPresent();
        cluster.deletePods();
        cluster.readyServerPod("127.0.0.1");
        Eventually.condition(client, NAME, ConditionType.Ready, "True", "Available");
    }

    @Test
    void whatTheSpecDoesNotAskForAnyMoreIsDeleted() {
        client.resource(Samples.fraud(NAME)).create();
        comeUp();
        edit(m -> {
            FeaturesSpec features = Objects.requireNonNull(m.getSpec().getFeatures());
            features.getGroups().removeIf(group -> group.getBatch() != null);
            features.getVector().removeIf(entry -> entry.startsWith("profile."));
            m.getSpec().getModel().setInputs(List.of());
        });
        RealtimeModel seen = Eventually.observed(client, NAME);
        assertThat(Statuses.find(seen.getStatus(), ConditionType.Stalled)).isEmpty();
        Eventually.that("the load is gone", () -> client.batch()
                .v1()
                .jobs()
                .inNamespace(Samples.NAMESPACE)
                .list()
                .getItems()
                .isEmpty());
        assertThat(client.apps()
                        .deployments()
                        .inNamespace(Samples.NAMESPACE)
                        .withName("fraud-server")
                        .get())
                .isNotNull();
    }

    @Test
    void suspendKeepsTheStoreAndIsReady() {
        client.resource(Samples.fraud(NAME)).create();
        comeUp();
        edit(m -> m.getSpec().setSuspend(true));
        Eventually.condition(client, NAME, ConditionType.Ready, "True", "Suspended");
        Eventually.condition(client, NAME, ConditionType.ServerReady, "False", "Suspended");
        assertThat(replicas()).isZero();
        assertThat(client.apps()
                        .statefulSets()
                        .inNamespace(Samples.NAMESPACE)
                        .withName("fraud-store")
                        .require()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(1);
    }

    @Test
    void aPausedStackIsLeftAsItIs() {
        client.resource(Samples.fraud(NAME)).create();
        comeUp();
        edit(m -> m.getMetadata().setAnnotations(Map.of(Annotations.PAUSED, "true")));
        RealtimeModelStatus before = status();
        String deployment = deploymentVersion();
        edit(m -> m.getSpec().setSuspend(true));
        // seen within a second or so when nothing is paused, and so is the pod's trouble
        cluster.failedLoaderPod("DigestMismatch: not to be told while paused");
        Awaitility.await("nothing changes")
                .during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(60))
                .until(() -> deployment.equals(deploymentVersion())
                        && Statuses.same(client.getKubernetesSerialization(), before, status()));
        assertThat(model().getMetadata().getGeneration()).isEqualTo(2L);
        assertThat(status().getObservedGeneration()).isEqualTo(1L);
        assertThat(replicas()).isNotZero();
        edit(m -> m.getMetadata().setAnnotations(Map.of(Annotations.RECONCILE, "1")));
        Eventually.condition(client, NAME, ConditionType.Ready, "True", "Suspended");
        assertThat(status().getObservedGeneration()).isEqualTo(2L);
        assertThat(replicas()).isZero();
    }

    private void comeUp() {
        cluster.awaitApplied();
        cluster.runEverything();
        cluster.readyServerPod("127.0.0.1");
        Eventually.condition(client, NAME, ConditionType.Ready, "True", "Available");
    }

    private void edit(Consumer<RealtimeModel> change) {
        client.resources(RealtimeModel.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(NAME)
                .edit(m -> {
                    change.accept(m);
                    return m;
                });
    }

    private RealtimeModel model() {
        return TestOperator.get(client, NAME);
    }

    private RealtimeModelStatus status() {
        return Objects.requireNonNull(model().getStatus());
    }

    private Deployment deployment() {
        return client.apps()
                .deployments()
                .inNamespace(Samples.NAMESPACE)
                .withName("fraud-server")
                .require();
    }

    private String deploymentVersion() {
        return deployment().getMetadata().getResourceVersion();
    }

    /** Null is 1 to the API server. */
    private int replicas() {
        return Objects.requireNonNullElse(deployment().getSpec().getReplicas(), 1);
    }
}
