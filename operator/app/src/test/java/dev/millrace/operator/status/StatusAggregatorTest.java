package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.PodView.Kind;
import dev.millrace.operator.observe.PodView.Problem;
import dev.millrace.operator.status.World.Failure;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What status says of a world, as a table of worlds. */
class StatusAggregatorTest extends WorldFixture {

    @Test
    void everythingRuns() {
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status, ConditionType.FeaturesFresh)).isEqualTo("True Fresh");
        assertThat(line(status, ConditionType.MonitoringReady)).isEqualTo("False CrdNotInstalled");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("absent");
        assertThat(line(status, ConditionType.Stalled)).isEqualTo("absent");
        assertThat(status.getUrl()).isEqualTo("http://fraud.payments.svc:8080");
        assertThat(status.getObservedGeneration()).isEqualTo(7L);
        assertThat(Objects.requireNonNull(status.getPlan()).getReason()).isNotBlank();
        assertThat(Objects.requireNonNull(status.getModelStatus()).getState()).isEqualTo(ModelState.Loaded);
    }

    @Test
    void aStaleFeatureInformsAndNeverFlipsReady() {
        pods = List.of(serverPod("Ready", "Stale", "LagTooHigh"), aggregatorPod("Running", null));
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.FeaturesFresh)).isEqualTo("False LagTooHigh");
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
    }

    @Test
    void scalingOutDoesNotFlipReady() {
        server = deployment("fraud-server", 4, 2);
        assertThat(line(status(), ConditionType.Ready)).isEqualTo("True Available");
    }

    @Test
    void tooFewServersReconcile() {
        server = deployment("fraud-server", 2, 1);
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.Ready)).isEqualTo("False RollingOut");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("True RollingOut");
    }

    @Test
    void aWrongDigestStallsAndGoesBeforeWhatIsOnlyOnItsWay() {
        store = null;
        pods = List.of(new PodView(
                "fraud-server-x",
                "server",
                "",
                false,
                false,
                new Problem(Kind.Loader, "model.digest: the spec says sha256:a, the file has sha256:b"),
                null,
                null));
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.Ready)).isEqualTo("False DigestMismatch");
        assertThat(line(status, ConditionType.Stalled)).isEqualTo("True DigestMismatch");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("absent");
        assertThat(line(status, ConditionType.FeaturesReady)).isEqualTo("False StoreStarting");
    }

    @Test
    void aNewModelThatFailsLeavesTheOldVersionInStatus() {
        PodView old = serverPod("Ready", "Fresh", null);
        PodView young = new PodView(
                "fraud-server-y",
                "server",
                "",
                false,
                false,
                new Problem(Kind.Loader, "model.storageUri: there is no file /models/in/model.onnx"),
                null,
                null);
        pods = List.of(old, young, aggregatorPod("Running", null));
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False ModelFileMissing");
        assertThat(Objects.requireNonNull(status.getModelStatus()).getVersion()).isEqualTo("1");
        assertThat(status.getModelStatus().getState()).isEqualTo(ModelState.Failed);
        assertThat(Objects.requireNonNull(status.getModelStatus().getLastFailure())
                        .getReason())
                .isEqualTo("ModelFileMissing");
    }

    @Test
    void theFirstLoadOfABatchGroupIsAwaited() {
        loaded = false;
        assertThat(line(status(), ConditionType.FeaturesReady)).isEqualTo("False BatchLoading");
    }

    @Test
    void anAggregatorSaysWhyInItsOwnWord() {
        streams = deployment("fraud-aggregator", 1, 0);
        pods = List.of(serverPod("Ready", "Fresh", null), aggregatorPod("Starting", "TopicMissing"));
        assertThat(line(status(), ConditionType.StreamsReady)).isEqualTo("False TopicMissing");
        assertThat(line(status(), ConditionType.Ready)).isEqualTo("False TopicMissing");
    }

    @Test
    void aNameConflictStallsAndAFailedApplyReconciles() {
        failures = List.of(new Failure(Reason.NameConflict, "Service fraud exists"));
        assertThat(line(status(), ConditionType.Stalled)).isEqualTo("True NameConflict");
        failures = List.of(new Failure(Reason.ApplyFailed, "quota"));
        assertThat(line(status(), ConditionType.Reconciling)).isEqualTo("True ApplyFailed");
        assertThat(line(status(), ConditionType.Stalled)).isEqualTo("absent");
    }

    @Test
    void suspendedIsReady() {
        model.getSpec().setSuspend(true);
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Suspended");
        assertThat(line(status, ConditionType.ServerReady)).isEqualTo("False Suspended");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("absent");
    }

    @Test
    void aTransitionTimeMovesOnlyWithTheStatusValue() {
        RealtimeModelStatus first = status();
        first.getConditions().forEach(c -> c.setLastTransitionTime("2026-01-01T00:00:00Z"));
        model.setStatus(first);
        server = deployment("fraud-server", 2, 1);
        RealtimeModelStatus second = status();
        assertThat(find(second, ConditionType.ModelReady).getLastTransitionTime())
                .isEqualTo("2026-01-01T00:00:00Z");
        assertThat(find(second, ConditionType.Ready).getLastTransitionTime()).isEqualTo(NOW.toString());
    }

    @Test
    void theSameWorldGivesTheSameStatus() {
        model.setStatus(status());
        assertThat(Statuses.same(new KubernetesSerialization(), model.getStatus(), status()))
                .isTrue();
    }
}
