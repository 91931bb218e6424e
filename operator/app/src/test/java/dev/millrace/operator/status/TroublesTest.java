package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.FeatureGroupStatus;
import dev.millrace.api.v1alpha1.FeatureState;
import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.operator.observe.AggregatorView;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.ServerView;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What status says when a part says that something is wrong. */
class TroublesTest extends WorldFixture {

    @Test
    void aModelThatIsNoOnnxOrIsNotThereStallsInTheServersOwnWords() {
        for (Reason reason : List.of(Reason.ModelInvalid, Reason.ModelFileMissing, Reason.DigestMismatch)) {
            PodView young = failedPod("fraud-server-y", "1", reason.name(), "model.path: /models/model.onnx");
            pods = List.of(serverPod("Ready", "Fresh", null), young, aggregatorPod("Running", null));
            RealtimeModelStatus status = status();
            assertThat(line(status, ConditionType.ModelReady)).isEqualTo("False " + reason);
            assertThat(find(status, ConditionType.ModelReady).getMessage())
                    .isEqualTo("Pod fraud-server-y: model.path: /models/model.onnx");
            assertThat(line(status, ConditionType.Ready)).isEqualTo("False " + reason);
            assertThat(line(status, ConditionType.Stalled)).isEqualTo("True " + reason);
            assertThat(line(status, ConditionType.ServerReady)).isEqualTo("True MinimumReplicasAvailable");
            assertThat(line(status, ConditionType.Degraded)).isEqualTo("True " + reason);
            assertThat(Objects.requireNonNull(status.getModelStatus()).getState())
                    .isEqualTo(ModelState.Failed);
        }
    }

    @Test
    void aPodOfAVersionThatNobodyWantsAnyMoreFailsNothing() {
        PodView gone = failedPod("fraud-server-y", "0", "ModelInvalid", "model.path: no ONNX");
        pods = List.of(serverPod("Ready", "Fresh", null), gone, aggregatorPod("Running", null));
        assertThat(line(status(), ConditionType.ModelReady)).isEqualTo("True Loaded");
    }

    @Test
    void aRunningAggregatorsReasonIsTold() {
        for (Reason reason : List.of(Reason.KafkaUnavailable, Reason.FeatureStoreUnavailable, Reason.Rehydrating)) {
            pods = List.of(serverPod("Ready", "Fresh", null), aggregatorPod("Running", reason.name()));
            RealtimeModelStatus status = status();
            assertThat(line(status, ConditionType.StreamsReady)).isEqualTo("True " + reason);
            assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
            assertThat(line(status, ConditionType.Degraded)).isEqualTo("True " + reason);
            assertThat(find(status, ConditionType.Degraded).getMessage()).contains("fraud-aggregator-a");
        }
    }

    @Test
    void oneThatRunsDoesNotHideOneThatFailed() {
        PodView failed =
                aggregator("fraud-aggregator-b", new AggregatorView("Failed", "TopicMissing", "'orders'", List.of()));
        for (List<PodView> both : List.of(
                List.of(failed, aggregatorPod("Running", "KafkaUnavailable")),
                List.of(aggregatorPod("Running", "KafkaUnavailable"), failed))) {
            pods = both;
            RealtimeModelStatus status = status();
            assertThat(line(status, ConditionType.StreamsReady)).isEqualTo("True TopicMissing");
            assertThat(line(status, ConditionType.Degraded)).isEqualTo("True TopicMissing");
            assertThat(find(status, ConditionType.Degraded).getMessage())
                    .isEqualTo("Pod fraud-aggregator-b: 'orders' (the worst of 2)");
        }
    }

    @Test
    void aServerThatAnswersAndLosesItsLogSaysSo() {
        ServerView lost = view(
                "Ready", "KafkaUnavailable", "kafka.bootstrapServers: kafka:9092 does not answer", "1", "Fresh", null);
        pods = List.of(serverPod("fraud-server-a", true, lost), aggregatorPod("Running", null));
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.Ready)).isEqualTo("True Available");
        assertThat(line(status, ConditionType.Degraded)).isEqualTo("True KafkaUnavailable");
        assertThat(find(status, ConditionType.Degraded).getMessage())
                .isEqualTo("Pod fraud-server-a: kafka.bootstrapServers: kafka:9092 does not answer");
        pods = List.of(serverPod("Ready", "Fresh", null), aggregatorPod("Running", null));
        assertThat(line(status(), ConditionType.Degraded)).isEqualTo("False AsExpected");
    }

    @Test
    void aStartIsNoDegradation() {
        streams = deployment("fraud-aggregator", 1, 0);
        store = null;
        loaded = false;
        pods = List.of(
                serverPod("fraud-server-a", false, view("Warming", null, null, "1", "Missing", null)),
                aggregatorPod("Rebalancing", null));
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.Degraded)).isEqualTo("False AsExpected");
        assertThat(line(status, ConditionType.StreamsReady)).isEqualTo("False AggregatorStarting");
    }

    @Test
    void anAggregatorThatRanBeforeRecovers() {
        model.setStatus(status());
        streams = deployment("fraud-aggregator", 1, 0);
        pods = List.of(serverPod("Ready", "Stale", "HeartbeatMissing"), aggregatorPod("Rebalancing", null));
        RealtimeModelStatus status = status();
        assertThat(line(status, ConditionType.StreamsReady)).isEqualTo("False AggregatorRecovering");
        assertThat(line(status, ConditionType.Reconciling)).isEqualTo("True AggregatorRecovering");
        assertThat(group(status, "purchases").getReason()).isEqualTo("AggregatorRecovering");
        assertThat(group(status, "profile").getReason()).as("no stream").isEqualTo("HeartbeatMissing");
        pods = List.of(serverPod("Ready", "Fresh", null), aggregatorPod("Failed", "StreamFailed"));
        assertThat(line(status(), ConditionType.StreamsReady)).isEqualTo("False AggregatorRecovering");
    }

    @Test
    void aRefillTellsItsProgressOverAllPartitions() {
        String revision = Objects.requireNonNull(plan().features()).groups().stream()
                .filter(g -> g.name().equals("purchases"))
                .findFirst()
                .orElseThrow()
                .revision();
        pods = List.of(
                serverPod("Ready", "Missing", "FeaturesMissing"),
                aggregator("fraud-aggregator-a", rehydrating(revision, 3, 50)),
                aggregator("fraud-aggregator-b", rehydrating(revision, 1, null)));
        FeatureGroupStatus group = group(status(), "purchases");
        assertThat(group.getState()).isEqualTo(FeatureState.Missing);
        assertThat(group.getReason()).isEqualTo("Rehydrating");
        assertThat(group.getProgress()).isEqualTo("62%");
        assertThat(line(status(), ConditionType.FeaturesFresh)).isEqualTo("False Rehydrating");
        pods = List.of(
                serverPod("Ready", "Fresh", null), aggregator("fraud-aggregator-a", rehydrating(revision, 4, null)));
        assertThat(group(status(), "purchases").getProgress()).isNull();
        assertThat(group(status(), "purchases").getReason()).isNull();
    }

    @Test
    void aLoadTellsItsProgressWhileTheValuesBeforeItServe() {
        pods = List.of(
                serverPod("fraud-server-a", true, view("Ready", null, null, "1", "Fresh", null)),
                serverPod(
                        "fraud-server-b",
                        true,
                        view("Ready", null, null, "1", "Fresh", null, "3 of 8 files, 2 M rows")),
                aggregatorPod("Running", null));
        FeatureGroupStatus group = group(status(), "profile");
        assertThat(group.getState()).isEqualTo(FeatureState.Fresh);
        assertThat(group.getProgress()).isEqualTo("3 of 8 files, 2 M rows");
        assertThat(line(status(), ConditionType.FeaturesReady)).isEqualTo("True StoreAvailable");
    }

    private static AggregatorView rehydrating(String revision, int partitions, @Nullable Integer percent) {
        String reason = percent == null ? null : "Rehydrating";
        return new AggregatorView(
                "Running",
                reason,
                null,
                List.of(new AggregatorView.StreamView("purchases", revision, partitions, reason, percent)));
    }

    private static FeatureGroupStatus group(RealtimeModelStatus status, String name) {
        return status.getFeatures().stream()
                .filter(g -> name.equals(g.getGroup()))
                .findFirst()
                .orElseThrow();
    }

    private PodView failedPod(String name, String version, String reason, String message) {
        return serverPod(name, false, view("Failed", reason, message, version, "Missing", null));
    }
}
