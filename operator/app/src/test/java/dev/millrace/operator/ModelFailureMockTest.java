package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.ModelStatus;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.observe.FakePods;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A new model that a server cannot take, told by that server over HTTP: in status within 30 s at the interval at which a
 * released operator asks, while the old version goes on.
 */
@EnableKubernetesMockClient(crud = true)
class ModelFailureMockTest {

    private static final String NAME = "fraud";
    private static final String OLD = "127.0.0.1";
    private static final String NEW = "127.0.0.2";
    private static final String NEW_DIGEST = "sha256:" + "ab".repeat(32);
    private static final Duration PROMISED = Duration.ofSeconds(30);

    private final FakePods pods = new FakePods();

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    TestOperator operator;

    @SuppressWarnings("NullAway.Init")
    FakeCluster cluster;

    @BeforeEach
    void start() throws Exception {
        Duration released = Duration.parse("PT"
                + OperatorConfig.class
                        .getMethod("pollInterval")
                        .getAnnotation(WithDefault.class)
                        .value());
        operator = TestOperator.start(client, false, pods.port(), released);
        cluster = new FakeCluster(client, NAME);
        client.resource(Samples.fraud(NAME)).create();
        pods.says(OLD, FakePods.server("Ready", null, null, "1", digest()));
        cluster.awaitApplied();
        cluster.runEverything();
        cluster.runningServerPod("server-old", OLD, true);
        Eventually.condition(client, NAME, ConditionType.ModelReady, "True", "Loaded");
        Eventually.condition(client, NAME, ConditionType.Ready, "True", "Available");
    }

    @AfterEach
    void stop() {
        operator.close();
        pods.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ModelInvalid, model.path: /models/model.onnx: Protobuf parsing failed",
        "ModelFileMissing, model.path: cannot read /models/model.onnx",
        "DigestMismatch, model.digest: the file has another one"
    })
    void theReasonIsToldAndTheOldVersionGoesOn(String reason, String message) {
        String old = digest();
        pods.says(NEW, FakePods.server("Failed", reason, message, "2", NEW_DIGEST));
        update();
        cluster.runningServerPod("server-new", NEW, false);
        Awaitility.await(reason).atMost(PROMISED).until(() -> Statuses.find(status(), ConditionType.ModelReady)
                .filter(c -> c.getStatus().equals("False") && c.getReason().equals(reason))
                .isPresent());
        RealtimeModelStatus status = status();
        assertThat(Statuses.find(status, ConditionType.ModelReady).orElseThrow().getMessage())
                .contains("fraud-server-new", message);
        assertThat(Statuses.find(status, ConditionType.Ready).orElseThrow().getStatus())
                .as("the old version answers")
                .isEqualTo("True");
        assertThat(Statuses.find(status, ConditionType.Stalled).orElseThrow().getReason())
                .isEqualTo(reason);
        assertThat(Statuses.find(status, ConditionType.Degraded).orElseThrow().getReason())
                .isEqualTo(reason);
        ModelStatus told = Objects.requireNonNull(status.getModelStatus());
        assertThat(told.getState()).isEqualTo(ModelState.Failed);
        assertThat(told.getVersion()).as("what answers").isEqualTo("1");
        assertThat(told.getDigest()).isEqualTo(old);
        assertThat(Objects.requireNonNull(told.getLastFailure()).getVersion()).isEqualTo("2");
        assertThat(told.getLastFailure().getReason()).isEqualTo(reason);
        assertThat(client.pods()
                        .inNamespace(Samples.NAMESPACE)
                        .withName("fraud-server-old")
                        .get())
                .isNotNull();
    }

    @Test
    void aServerThatKeepsTheOldVersionSaysWhy() {
        update();
        Eventually.condition(client, NAME, ConditionType.ModelReady, "False", "Swapping");
        pods.says(OLD, FakePods.server("Ready", "SwapFailed", "version 2: model.digest: another one", "1", digest()));
        Awaitility.await("SwapFailed").atMost(PROMISED).until(() -> Statuses.find(status(), ConditionType.ModelReady)
                .filter(c -> c.getReason().equals("SwapFailed"))
                .isPresent());
        RealtimeModelStatus status = status();
        assertThat(Statuses.find(status, ConditionType.ModelReady).orElseThrow().getMessage())
                .contains("fraud-server-old", "model.digest");
        assertThat(Statuses.find(status, ConditionType.Ready).orElseThrow().getStatus())
                .isEqualTo("True");
        assertThat(Statuses.find(status, ConditionType.Stalled).orElseThrow().getReason())
                .isEqualTo("SwapFailed");
        assertThat(Objects.requireNonNull(status.getModelStatus()).getVersion())
                .as("what answers")
                .isEqualTo("1");
    }

    @Test
    void theModelThatLoadsTakesOver() {
        update();
        Eventually.condition(client, NAME, ConditionType.ModelReady, "False", "Swapping");
        assertThat(Objects.requireNonNull(status().getModelStatus()).getVersion())
                .as("what answers meanwhile")
                .isEqualTo("1");
        pods.says(OLD, FakePods.server("Ready", null, null, "2", NEW_DIGEST));
        Eventually.condition(client, NAME, ConditionType.ModelReady, "True", "Loaded");
        ModelStatus told = Objects.requireNonNull(status().getModelStatus());
        assertThat(told.getState()).isEqualTo(ModelState.Loaded);
        assertThat(told.getVersion()).isEqualTo("2");
    }

    private void update() {
        client.resources(RealtimeModel.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(NAME)
                .edit(m -> {
                    m.getSpec().getModel().setVersion("2");
                    m.getSpec().getModel().setDigest(NEW_DIGEST);
                    return m;
                });
    }

    private RealtimeModelStatus status() {
        return Objects.requireNonNullElseGet(TestOperator.get(client, NAME).getStatus(), RealtimeModelStatus::new);
    }

    private static String digest() {
        return Objects.requireNonNull(Samples.fraud(NAME).getSpec().getModel().getDigest());
    }
}
