package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.stack.Annotations;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reconciler against a real API server: server-side apply, defaulting, conflicts. Controllers are played by hand. */
@ExtendWith(KubeApi.class)
class ReconcilerIT {

    private static final String LABEL = "app.kubernetes.io/instance";
    private static final int NO_STATUS = 9;

    private final Writes writes = new Writes();

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient operatorClient;

    @SuppressWarnings("NullAway.Init")
    private TestOperator operator;

    @BeforeEach
    void start(KubernetesClient injected) {
        client = injected;
        operatorClient = new KubernetesClientBuilder()
                .withConfig(injected.getConfiguration())
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor("writes", writes))
                .build();
        operator = TestOperator.start(operatorClient, true, NO_STATUS);
    }

    @AfterEach
    void stop() {
        operator.close();
        operatorClient.close();
        client.resources(RealtimeModel.class).inNamespace(Samples.NAMESPACE).delete();
    }

    @Test
    void theSecondPassWritesNothingAndEverythingHasItsOwner() {
        comeUp("twice");
        RealtimeModel model = TestOperator.get(client, "twice");
        Map<String, String> before = versions("twice");
        assertThat(before).hasSizeGreaterThan(15);
        assertThat(model.getMetadata().getFinalizers()).isEmpty();
        for (HasMetadata object : objects("twice")) {
            assertThat(object.getMetadata().getOwnerReferences())
                    .as(object.getKind() + " " + object.getMetadata().getName())
                    .singleElement()
                    .satisfies(owner -> {
                        assertThat(owner.getUid()).isEqualTo(model.getMetadata().getUid());
                        assertThat(owner.getController()).isTrue();
                    });
        }
        writes.forget();
        for (int i = 0; i < 5; i++) {
            touch("twice", String.valueOf(i));
        }
        // nothing tells of a pass that does nothing: give it longer than the poll and the rate limit take
        Awaitility.await("no write")
                .during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(30))
                .until(() -> writes.seen().isEmpty());
        assertThat(versions("twice")).isEqualTo(before);
    }

    @Test
    void aBadSpecChangesNothingThatRuns() {
        comeUp("bad");
        Map<String, String> before = versions("bad");
        edit("bad", m -> m.getSpec().getSlo().getBudget().setInference("90ms"));
        String message = Eventually.condition(client, "bad", ConditionType.Stalled, "True", "BudgetOverThreshold")
                .getMessage();
        assertThat(message).contains("spec.slo.budget");
        assertThat(versions("bad")).isEqualTo(before);
        edit("bad", m -> m.getSpec().getSlo().getBudget().setInference(null));
        Eventually.condition(client, "bad", ConditionType.Ready, "True", "Available");
        assertThat(Statuses.find(TestOperator.get(client, "bad").getStatus(), ConditionType.Stalled))
                .isEmpty();
    }

    @Test
    void whatSomebodyElseChangedIsRestoredAndWhatIsTheirsIsLeft() {
        comeUp("drift");
        client.configMaps()
                .inNamespace(Samples.NAMESPACE)
                .withName("drift-serving")
                .edit(c -> {
                    c.getData().put("serving.json", "{}");
                    c.getData().put("theirs.txt", "kept");
                    return c;
                });
        client.apps()
                .deployments()
                .inNamespace(Samples.NAMESPACE)
                .withName("drift-aggregator")
                .delete();
        Eventually.that("the document is restored", () -> !"{}"
                .equals(client.configMaps()
                        .inNamespace(Samples.NAMESPACE)
                        .withName("drift-serving")
                        .require()
                        .getData()
                        .get("serving.json")));
        Eventually.that(
                "the aggregator is back",
                () -> client.apps()
                                .deployments()
                                .inNamespace(Samples.NAMESPACE)
                                .withName("drift-aggregator")
                                .get()
                        != null);
        assertThat(client.configMaps()
                        .inNamespace(Samples.NAMESPACE)
                        .withName("drift-serving")
                        .require()
                        .getData())
                .containsEntry("theirs.txt", "kept");
    }

    @Test
    void aForeignObjectOfOurNameStallsUntilItIsAdopted() {
        client.resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("conflict")
                        .withNamespace(Samples.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "theirs")
                        .addNewPort()
                        .withName("http")
                        .withPort(8080)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        client.resource(Samples.fraud("conflict")).create();
        assertThat(Eventually.condition(client, "conflict", ConditionType.Stalled, "True", "NameConflict")
                        .getMessage())
                .contains("Service conflict")
                .contains("millrace.dev/adopt");
        assertThat(service("conflict").getSpec().getSelector()).containsOnlyKeys("app");
        edit("conflict", m -> m.getMetadata().setAnnotations(Map.of(Annotations.ADOPT, "true")));
        Eventually.that(
                "the Service is taken over",
                () -> !service("conflict").getMetadata().getOwnerReferences().isEmpty());
        Eventually.absent(client, "conflict", ConditionType.Stalled);
        assertThat(service("conflict").getSpec().getSelector()).containsEntry(LABEL, "conflict");
    }

    @Test
    void theReplicasBelongToTheAutoscalerOnceItHasWrittenThem() {
        RealtimeModel fixed = Samples.fraud("handover");
        fixed.getSpec().getScaling().setMinReplicas(3);
        fixed.getSpec().getScaling().setMaxReplicas(3);
        client.resource(fixed).create();
        Eventually.that("three servers", () -> replicas("handover") == 3);
        edit("handover", m -> m.getSpec().getScaling().setMaxReplicas(6));
        Eventually.that(
                "an autoscaler",
                () -> client.resources(HorizontalPodAutoscaler.class)
                                .inNamespace(Samples.NAMESPACE)
                                .withName("handover-server")
                                .get()
                        != null);
        Eventually.observed(client, "handover");
        assertThat(replicas("handover")).isEqualTo(3);
        client.apps()
                .deployments()
                .inNamespace(Samples.NAMESPACE)
                .withName("handover-server")
                .scale(5);
        touch("handover", "after the autoscaler");
        Eventually.that("the operator lets go", () -> !ownsReplicas("handover"));
        assertThat(replicas("handover")).isEqualTo(5);
    }

    @Test
    void anOperatorUpgradeLeavesTheImagesUntilTheSpecAsksForOthers() {
        comeUp("images");
        Eventually.written(() -> client.resources(RealtimeModel.class)
                .inNamespace(Samples.NAMESPACE)
                .withName("images")
                .editStatus(m -> {
                    Objects.requireNonNull(Objects.requireNonNull(m.getStatus()).getResolvedImages())
                            .setServer("registry.example.com/millrace-server:0.9.0");
                    return m;
                }));
        touch("images", "the status says another image");
        Eventually.that("the image of the status", () -> image("images").endsWith(":0.9.0"));
        edit("images", m -> m.getSpec().setRelease("2026-11"));
        Eventually.that("the operator's own image", () -> image("images").endsWith(":1.0.0"));
    }

    private void comeUp(String name) {
        new LiveStack(client, name).comeUp();
    }

    private void touch(String name, String value) {
        new LiveStack(client, name).touch(value);
    }

    private void edit(String name, Consumer<RealtimeModel> change) {
        new LiveStack(client, name).edit(change);
    }

    private Deployment deployment(String name) {
        return client.apps()
                .deployments()
                .inNamespace(Samples.NAMESPACE)
                .withName(name)
                .get();
    }

    private int replicas(String name) {
        Deployment deployment = deployment(name + "-server");
        return deployment == null ? -1 : deployment.getSpec().getReplicas();
    }

    private String image(String name) {
        return deployment(name + "-server")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getImage();
    }

    private boolean ownsReplicas(String name) {
        return deployment(name + "-server").getMetadata().getManagedFields().stream()
                .filter(f -> f.getManager().equals("millrace"))
                .anyMatch(f -> client.getKubernetesSerialization()
                        .asJson(f.getFieldsV1())
                        .contains("f:replicas"));
    }

    private Service service(String name) {
        return client.services().inNamespace(Samples.NAMESPACE).withName(name).require();
    }

    private Map<String, String> versions(String name) {
        return objects(name).stream()
                .collect(Collectors.toMap(
                        o -> o.getKind() + "/" + o.getMetadata().getName(),
                        o -> o.getMetadata().getResourceVersion(),
                        (a, b) -> a,
                        TreeMap::new));
    }

    private List<HasMetadata> objects(String name) {
        List<HasMetadata> all = new ArrayList<>();
        all.addAll(list(Deployment.class, name));
        all.addAll(list(StatefulSet.class, name));
        all.addAll(list(Service.class, name));
        all.addAll(list(io.fabric8.kubernetes.api.model.ConfigMap.class, name));
        all.addAll(list(io.fabric8.kubernetes.api.model.ServiceAccount.class, name));
        all.addAll(list(Secret.class, name));
        all.addAll(list(Job.class, name));
        all.addAll(list(CronJob.class, name));
        all.addAll(list(HorizontalPodAutoscaler.class, name));
        all.addAll(list(PodDisruptionBudget.class, name));
        all.addAll(list(NetworkPolicy.class, name));
        return all;
    }

    private <T extends HasMetadata> List<T> list(Class<T> type, String name) {
        return new LiveStack(client, name).list(type);
    }
}
