package dev.millrace.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.contract.status.AggregatorStatus;
import dev.millrace.contract.status.AggregatorStatus.StreamGroup;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.BatchPoint;
import dev.millrace.contract.status.ServerStatus.Calibration;
import dev.millrace.contract.status.ServerStatus.GroupStatus;
import dev.millrace.operator.observe.AggregatorView.StreamView;
import dev.millrace.operator.observe.ServerView.GroupView;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One look: the pods of a stack as the API server lists them, each asked over a real socket. */
@EnableKubernetesMockClient(crud = true)
class PodObserverMockTest {

    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final FakePods pods = new FakePods();

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private PodObserver observer;

    private final RealtimeModel model = new RealtimeModel();

    @BeforeEach
    void look() {
        model.setMetadata(new ObjectMetaBuilder()
                .withName("fraud")
                .withNamespace("payments")
                .build());
        observer = new PodObserver(client, new StatusClient(pods.port(), PATIENT));
    }

    @AfterEach
    void stop() {
        pods.close();
    }

    @Test
    void everyPodOfTheStackSpeaksForItself() {
        pods.says("127.0.0.1", FakePods.server("Ready", null, null, "1", "sha256:01"));
        pods.says("127.0.0.2", FakePods.server("Failed", "ModelInvalid", "model.path: no ONNX", "2", "sha256:02"));
        pods.says("127.0.0.3", new AggregatorStatus("Running", "KafkaUnavailable", "kafka:9092", List.of()));
        create("fraud-server-a", "fraud", Labels.SERVER, "127.0.0.1", true);
        create("fraud-server-b", "fraud", Labels.SERVER, "127.0.0.2", false);
        create("fraud-aggregator-a", "fraud", Labels.AGGREGATOR, "127.0.0.3", true);
        create("fraud-server-c", "fraud", Labels.SERVER, null, false);
        create("fraud-server-d", "fraud", Labels.SERVER, "127.0.0.4", true);
        create("other-server-a", "other", Labels.SERVER, "127.0.0.1", true);
        Observation seen = observer.observe(model);
        assertThat(seen.pods())
                .extracting(PodView::name)
                .containsExactly(
                        "fraud-aggregator-a", "fraud-server-a", "fraud-server-b", "fraud-server-c", "fraud-server-d");
        assertThat(seen.aggregators().map(PodView::aggregator)).singleElement().satisfies(view -> {
            assertThat(Objects.requireNonNull(view).state()).isEqualTo("Running");
            assertThat(view.reason()).isEqualTo("KafkaUnavailable");
        });
        ServerView ready = server(seen, "fraud-server-a");
        assertThat(ready.state()).isEqualTo("Ready");
        assertThat(ready.digest()).isEqualTo("sha256:01");
        ServerView failed = server(seen, "fraud-server-b");
        assertThat(failed.state()).isEqualTo("Failed");
        assertThat(failed.reason()).isEqualTo("ModelInvalid");
        assertThat(failed.message()).isEqualTo("model.path: no ONNX");
        assertThat(failed.version()).isEqualTo("2");
        assertThat(seen.servers().filter(pod -> pod.server() == null).map(PodView::name))
                .as("no address, no answer")
                .containsExactly("fraud-server-c", "fraud-server-d");
        assertThat(seen.servers().filter(PodView::ready).map(PodView::name))
                .containsExactly("fraud-server-a", "fraud-server-d");
    }

    @Test
    void whatMovesByItselfIsLeftOut() {
        create("fraud-server-a", "fraud", Labels.SERVER, "127.0.0.1", true);
        pods.says("127.0.0.1", measured(0.411, 12L));
        Observation before = observer.observe(model);
        pods.says("127.0.0.1", measured(0.409, 3712L));
        assertThat(observer.observe(model)).isEqualTo(before);
        ServerView view = server(before, "fraud-server-a");
        assertThat(view.features()).containsExactly(new GroupView("purchases", "7f3a", "Fresh", null, null));
        assertThat(view.inputs()).containsExactly(new TensorSpec("input", "FP32", List.of(-1L, 3L)));
        assertThat(view.calibration()).isEqualTo(new Calibration(0.41, 0.3, 2, List.of(new BatchPoint(1, 0.41))));
        pods.says("127.0.0.1", measured(0.8, 12L));
        assertThat(observer.observe(model)).isNotEqualTo(before);
    }

    @Test
    void aRefillIsSeenInQuarters() {
        create("fraud-aggregator-a", "fraud", Labels.AGGREGATOR, "127.0.0.3", true);
        pods.says("127.0.0.3", rehydrating(51, 7000L));
        Observation before = observer.observe(model);
        assertThat(before.aggregators().map(PodView::aggregator))
                .containsExactly(new AggregatorView(
                        "Running",
                        "Rehydrating",
                        null,
                        List.of(new StreamView("purchases", "7f3a", 6, "Rehydrating", 50))));
        pods.says("127.0.0.3", rehydrating(74, 9000L));
        assertThat(observer.observe(model)).isEqualTo(before);
        pods.says("127.0.0.3", rehydrating(75, 9000L));
        assertThat(observer.observe(model)).isNotEqualTo(before);
    }

    private static AggregatorStatus rehydrating(int percent, long lagMs) {
        return new AggregatorStatus(
                "Running",
                "Rehydrating",
                "group purchases: " + percent + " % of the values are back in the store",
                List.of(new StreamGroup("purchases", "7f3a", "purchases", 6, 6, lagMs, "Rehydrating", percent)));
    }

    private static ServerStatus measured(double serviceMs, long lagMs) {
        ServerStatus plain = FakePods.server("Ready", null, null, "1", "sha256:01");
        return Json.readStatus(
                Json.write(new Measured(
                        plain.state(),
                        plain.model(),
                        plain.version(),
                        List.of(new TensorSpec("input", "FP32", List.of(-1L, 3L))),
                        new Calibration(serviceMs, 0.3, 2, List.of(new BatchPoint(1, serviceMs))),
                        List.of(new GroupStatus("purchases", "7f3a", "Fresh", null, lagMs)))),
                ServerStatus.class);
    }

    private record Measured(
            String state,
            String model,
            String version,
            List<TensorSpec> inputs,
            Calibration calibration,
            List<GroupStatus> features) {}

    private void create(String name, String model, String component, @Nullable String ip, boolean ready) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace("payments")
                .addToLabels(Labels.MANAGED_BY, Labels.MILLRACE)
                .addToLabels(Labels.INSTANCE, model)
                .addToLabels(Labels.COMPONENT, component)
                .endMetadata()
                .withNewStatus()
                .withPhase(ip == null ? "Pending" : "Running")
                .withPodIP(ip)
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build();
        client.resource(pod).create();
    }

    private static ServerView server(Observation seen, String pod) {
        return seen.servers()
                .filter(view -> view.name().equals(pod))
                .map(PodView::server)
                .findFirst()
                .map(Objects::requireNonNull)
                .orElseThrow();
    }
}
