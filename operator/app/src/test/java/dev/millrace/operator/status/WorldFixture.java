package dev.millrace.operator.status;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.api.v1alpha1.RealtimeModelStatus;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.operator.observe.AggregatorView;
import dev.millrace.operator.observe.Observation;
import dev.millrace.operator.observe.PodView;
import dev.millrace.operator.observe.PooledView;
import dev.millrace.operator.observe.ServerView;
import dev.millrace.operator.observe.ServerView.GroupView;
import dev.millrace.operator.observe.StreamLoad;
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

/** A world in which the fraud sample runs, to be changed by a test. */
abstract class WorldFixture {

    static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    final StatusAggregator aggregator = new StatusAggregator(InstantSource.fixed(NOW));

    @SuppressWarnings("NullAway.Init")
    RealtimeModel model;

    List<Failure> failures = List.of();

    @Nullable
    Deployment server = deployment("fraud-server", 2, 2);

    @Nullable
    Deployment streams = deployment("fraud-aggregator", 1, 1);

    @Nullable
    StatefulSet store = new StatefulSetBuilder()
            .withNewStatus()
            .withReadyReplicas(1)
            .endStatus()
            .build();

    boolean loaded = true;
    List<PodView> pods = List.of();
    PooledView pooled = PooledView.NONE;

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

    RealtimeModelStatus status() {
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
                new Observation(pods, pooled, StreamLoad.NONE),
                false));
    }

    StackPlan plan() {
        return StackPlan.of(model, PlanInputs.of(Images.of("registry.example.com", "1")));
    }

    PodView serverPod(String state, String freshness, @Nullable String reason) {
        return serverPod("fraud-server-a", true, view(state, null, null, "1", freshness, reason));
    }

    static PodView serverPod(String name, boolean ready, @Nullable ServerView view) {
        return new PodView(name, "server", "", ready, false, null, view, null);
    }

    ServerView view(
            String state,
            @Nullable String reason,
            @Nullable String message,
            String version,
            String freshness,
            @Nullable String freshnessReason) {
        return view(state, reason, message, version, freshness, freshnessReason, null);
    }

    /** @param progress of a load that runs, in every group */
    ServerView view(
            String state,
            @Nullable String reason,
            @Nullable String message,
            String version,
            String freshness,
            @Nullable String freshnessReason,
            @Nullable String progress) {
        List<FeatureGroup> groups = Objects.requireNonNull(plan().features()).groups();
        return new ServerView(
                state,
                reason,
                message,
                version,
                model.getSpec().getModel().getDigest(),
                "CPU",
                List.of(),
                List.of(),
                null,
                groups.stream()
                        .map(g -> new GroupView(g.name(), g.revision(), freshness, freshnessReason, progress))
                        .toList());
    }

    static PodView aggregatorPod(String state, @Nullable String reason) {
        return aggregator("fraud-aggregator-a", new AggregatorView(state, reason, "topic purchases", List.of()));
    }

    static PodView aggregator(String name, AggregatorView view) {
        return new PodView(name, "aggregator", "", view.state().equals("Running"), false, null, null, view);
    }

    static Deployment deployment(String name, int replicas, int available) {
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

    static String line(RealtimeModelStatus status, ConditionType type) {
        return Statuses.find(status, type)
                .map(c -> c.getStatus() + " " + c.getReason())
                .orElse("absent");
    }

    static Condition find(RealtimeModelStatus status, ConditionType type) {
        return Statuses.find(status, type).orElseThrow();
    }
}
