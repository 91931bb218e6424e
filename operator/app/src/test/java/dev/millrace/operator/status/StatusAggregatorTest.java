package dev.millrace.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.ModelState;
import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.operator.observe.AggregatorView;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.PodView.Kind;
import dev.millrace.operator.observe.PodView.Problem;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.operator.observe.ServerView.GroupView;
import dev.millrace.operator.stack.Stack;
import dev.millrace.operator.status.World.Failure;
import dev.millrace.plan.Images;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.StackPlan;
import dev.millrace.plan.resources.Resources;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What status says of a world, as a table of worlds. */
class StatusAggregatorTest {

    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    private final StatusAggregator aggregator = new StatusAggregator(InstantSource.fixed(NOW));

    @SuppressWarnings("NullAway.Init")
    private RealtimeModel model;

    private List<Failure> failures = List.of();
    private @Nullable Deployment server = deployment("fraud-server", 2, 2);
    private @Nullable Deployment streams = deployment("fraud-aggregator", 1, 1);
    private @Nullable StatefulSet store = new StatefulSetBuilder()
            .withNewStatus()
            .withReadyReplicas(1)
            .endStatus()
            .build();
    private boolean loaded = true;
    private List<PodView> pods = List.of();

    @BeforeEach
    void fraud() throws Exception {
        model = new KubernetesSerialization()
                .unmarshal(
                        Files.readString(Path.of("..", "..", "samples", "fraud", "model.yaml")), RealtimeModel.class);
        model.getMetadata().setNamespace("payments");
        model.getMetadata().setUid("uid");
        model.getMetadata().setGeneration(7L);
        pods = List.of(serverPod("Ready", "Fresh", null), aggregatorPod("Running", null));
    }

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

    private RealtimeModelStatus status() {
        StackPlan plan = plan();
        List<HasMetadata> objects = Resources.all(plan);
        List<Job> jobs = objects.stream()
                .filter(Job.class::isInstance)
                .map(Job.class::cast)
                .map(job -> loaded
                        ? new JobBuilder(job)
                                .withNewStatus()
                                .addNewCondition()
                                .withType("Complete")
                                .withStatus("True")
                                .endCondition()
                                .endStatus()
                                .build()
                        : job)
                .toList();
        return aggregator.of(new World(
                model,
                new Stack(plan, objects),
                List.of(),
                failures,
                server,
                streams,
                store,
                jobs,
                null,
                new Observation(pods),
                false));
    }

    private StackPlan plan() {
        return StackPlan.of(model, PlanInputs.of(Images.of("registry.example.com", "1")));
    }

    private PodView serverPod(String state, String freshness, @Nullable String reason) {
        List<FeatureGroup> groups = Objects.requireNonNull(plan().features()).groups();
        ServerView view = new ServerView(
                state,
                null,
                null,
                "1",
                model.getSpec().getModel().getDigest(),
                "CPU",
                List.of(),
                List.of(),
                null,
                groups.stream()
                        .map(g -> new GroupView(g.name(), g.revision(), freshness, reason))
                        .toList());
        return new PodView("fraud-server-a", "server", "", true, false, null, view, null);
    }

    private static PodView aggregatorPod(String state, @Nullable String reason) {
        return new PodView(
                "fraud-aggregator-a",
                "aggregator",
                "",
                true,
                false,
                null,
                null,
                new AggregatorView(state, reason, "topic purchases"));
    }

    private static Deployment deployment(String name, int replicas, int available) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName(name)
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(1L)
                .withReplicas(replicas)
                .withUpdatedReplicas(replicas)
                .withReadyReplicas(available)
                .withAvailableReplicas(available)
                .endStatus()
                .build();
    }

    private static String line(RealtimeModelStatus status, ConditionType type) {
        return Statuses.find(status, type)
                .map(c -> c.getStatus() + " " + c.getReason())
                .orElse("absent");
    }

    private static Condition find(RealtimeModelStatus status, ConditionType type) {
        return Statuses.find(status, type).orElseThrow();
    }
}
