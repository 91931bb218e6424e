package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.ModelFailure;
import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.ModelStatus;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.PodView.Kind;
import dev.millrace.operator.observe.PodView.Problem;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What status says while running servers are to take another version: 2, after 1. */
class ModelUpdateTest extends WorldFixture {
    private static final String WORDS =
            "version 2: DigestMismatch: model.digest: the spec says sha256:a, the file has sha256:b; version 1 keeps"
                    + " answering";

    @BeforeEach
    void update() {
        model.getSpec().getModel().setVersion("2");
    }

    private PodView answers(String pod, String version, @Nullable String reason, @Nullable String message) {
        return serverPod("fraud-server-" + pod, true, view("Ready", reason, message, version, "Fresh", null));
    }

    private RealtimeModelStatus of(PodView... servers) {
        pods = new java.util.ArrayList<>(List.of(servers));
        pods.add(aggregatorPod("Running", null));
        return status();
    }

    private static ModelStatus told(RealtimeModelStatus status) {
        return Objects.requireNonNull(status.getModelStatus());
    }

    @Test
    void untilAllHaveTakenItItIsOnItsWayAndThereAreAnswers() {
        RealtimeModelStatus status = of(answers("a", "2", null, null), answers("b", "1", null, null));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False Swapping");
        assertThat(find(status, ConditionType.ModelReady).getMessage())
                .startsWith("1 of 2 servers")
                .contains("version 2");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("True Swapping");
        assertThat(line(status, ConditionType.Stalled)).isEqualTo("absent");
        assertThat(line(status, ConditionType.Degraded)).isEqualTo("False AsExpected");
        assertThat(told(status).getState()).isEqualTo(ModelState.Loading);
        assertThat(told(status).getVersion()).as("some answer with it").isEqualTo("1");
    }

    @Test
    void allHaveTakenIt() {
        RealtimeModelStatus status = of(answers("a", "2", null, null), answers("b", "2", null, null));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("True Loaded");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("absent");
        assertThat(told(status).getState()).isEqualTo(ModelState.Loaded);
        assertThat(told(status).getVersion()).isEqualTo("2");
    }

    /** It answers, with whatever it has: that it could not be asked just now does not say that it has the new one. */
    @Test
    void oneThatDoesNotSayWhatItHasIsNotTakenForUpdated() {
        model.setStatus(of(answers("a", "1", null, null), answers("b", "1", null, null)));
        PodView silent = serverPod("fraud-server-b", true, null);
        RealtimeModelStatus status = of(answers("a", "2", null, null), silent);
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False Swapping");
        assertThat(find(status, ConditionType.ModelReady).getMessage()).startsWith("1 of 2 servers do not say");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(told(status).getVersion()).isEqualTo("1");
        model.setStatus(of(answers("a", "2", null, null), answers("b", "2", null, null)));
        assertThat(told(of(answers("a", "2", null, null), silent)).getVersion()).isEqualTo("2");
        assertThat(line(of(silent), ConditionType.ModelReady))
                .as("nothing changes")
                .isEqualTo("True Loaded");
    }

    @Test
    void oneThatCannotTakeItIsToldAndTheOldVersionIsAsReadyAsBefore() {
        RealtimeModelStatus status = of(answers("a", "2", null, null), answers("b", "1", "SwapFailed", WORDS));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False SwapFailed");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status, ConditionType.Stalled)).isEqualTo("True SwapFailed");
        assertThat(find(status, ConditionType.Stalled).getMessage()).contains("fraud-server-b", "model.digest");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("absent");
        assertThat(line(status, ConditionType.Degraded)).isEqualTo("True SwapFailed");
        assertThat(told(status).getState()).isEqualTo(ModelState.Failed);
        assertThat(told(status).getVersion()).isEqualTo("1");
        ModelFailure failure = Objects.requireNonNull(told(status).getLastFailure());
        assertThat(failure.getVersion()).isEqualTo("2");
        assertThat(failure.getReason()).isEqualTo("SwapFailed");
    }

    @Test
    void aFileThatIsNotThereIsAFailureToo() {
        RealtimeModelStatus status = of(answers(
                "a",
                "1",
                "ModelFileMissing",
                "version 2: model.storageUri: there is no file; version 1 keeps answering"));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False SwapFailed");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
    }

    /** A minute may pass until a mounted document has changed. */
    @Test
    void whatIsSaidOfAnEarlierUpdateIsNotOfThisOne() {
        model.getSpec().getModel().setVersion("3");
        RealtimeModelStatus status = of(answers("a", "1", "SwapFailed", WORDS));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False Swapping");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("True Swapping");
    }

    /** A pod that an autoscaler adds meanwhile has no other version to fall back to. */
    @Test
    void aPodThatCannotStartWithItLeavesTheOthersReady() {
        RealtimeModelStatus status = of(
                answers("a", "1", null, null),
                new PodView(
                        "fraud-server-x",
                        "server",
                        "",
                        false,
                        false,
                        null,
                        view("Failed", "DigestMismatch", "model.digest: no", "2", "Fresh", null),
                        null));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False DigestMismatch");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status, ConditionType.Stalled)).isEqualTo("True DigestMismatch");
    }

    @Test
    void withoutAnAnswerOfAnyVersionNothingIsReady() {
        server = deployment("fraud-server", 2, 0);
        RealtimeModelStatus status = of(serverPod(
                "fraud-server-x", false, view("Failed", "DigestMismatch", "model.digest: no", "2", "Fresh", null)));
        assertThat(line(status, ConditionType.Ready)).isEqualTo("False DigestMismatch");
    }

    /** Whatever else the document changed rolls the pods: the old ones wait for their end. */
    @Test
    void oldPodsOfARolloutAreNoTrouble() {
        RealtimeModelStatus status = of(
                answers("a", "2", null, null),
                answers("b", "1", "RestartNeeded", "serving.json: slo changed; restart it"));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("True Loaded");
        assertThat(line(status, ConditionType.Degraded)).isEqualTo("False AsExpected");
    }

    @Test
    void aDocumentThatNoServerUnderstandsIsTold() {
        RealtimeModelStatus status = of(answers("a", "1", "DocumentInvalid", "serving.json: model is missing"));
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False DocumentInvalid");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
    }

    @Test
    void aMissingCertificateNamesTheField() {
        server = deployment("fraud-server", 2, 0);
        RealtimeModelStatus status = of(new PodView(
                "fraud-server-x",
                "server",
                "",
                false,
                false,
                new Problem(Kind.Crash, "millrace-server: server.tls: there is no file /etc/millrace/tls/tls.crt"),
                null,
                null));
        assertThat(line(status, ConditionType.ServerReady)).isEqualTo("False ContainerConfigError");
        assertThat(find(status, ConditionType.ServerReady).getMessage()).contains("server.tls");
    }

    @Test
    void addressesSayHowToSpeak() {
        assertThat(status().getUrl()).isEqualTo("http://fraud.payments.svc:8080");
        assertThat(status().getGrpcUrl()).isEqualTo("fraud.payments.svc:8081");
        dev.millrace.api.v1alpha1.ServerTls tls = new dev.millrace.api.v1alpha1.ServerTls();
        tls.getSecretRef().setName("fraud-tls");
        model.getSpec().getServer().setTls(tls);
        assertThat(status().getUrl()).isEqualTo("https://fraud.payments.svc:8080");
        assertThat(status().getGrpcUrl()).isEqualTo("grpcs://fraud.payments.svc:8081");
    }
}
