package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.contract.status.AggregatorStatus;
import dev.millrace.contract.status.AggregatorStatus.StreamGroup;
import dev.millrace.operator.observe.FakePods;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What aggregators tell over HTTP becomes the number that runs. */
@EnableKubernetesMockClient(crud = true)
class AggregatorScalingMockTest {

    private static final String NAME = "fraud";
    private static final String A = "127.0.0.3";
    private static final String B = "127.0.0.4";

    private final FakePods pods = new FakePods();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-28T12:00:00Z"));
    private final InstantSource clock = now::get;

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    TestOperator operator;

    @BeforeEach
    void start() {
        operator = TestOperator.start(client, pods.port(), clock);
    }

    @AfterEach
    void stop() {
        operator.close();
        pods.close();
    }

    private void create(int minReplicas, int maxReplicas) {
        RealtimeModel model = Samples.fraud(NAME);
        var aggregator = Objects.requireNonNull(model.getSpec().getFeatures()).getAggregator();
        aggregator.setMinReplicas(minReplicas);
        aggregator.setMaxReplicas(maxReplicas);
        client.resource(model).create();
        FakeCluster cluster = new FakeCluster(client, NAME);
        cluster.awaitApplied();
        cluster.runEverything();
        cluster.runningPod("aggregator-a", Labels.AGGREGATOR, A, true);
    }

    private static AggregatorStatus says(int assigned, long lagMs, int busyPercent) {
        return new AggregatorStatus(
                "Running",
                null,
                null,
                List.of(new StreamGroup(
                        "purchases", "7f3a", "purchases", 3, assigned, lagMs, null, null, busyPercent, 2_000L)));
    }

    private int replicas() {
        Deployment deployment = client.apps()
                .deployments()
                .inNamespace(Samples.NAMESPACE)
                .withName("fraud-aggregator")
                .get();
        return deployment.getSpec().getReplicas();
    }

    /** Time passes, and the aggregators say it with other numbers each time, until as many are asked for. */
    private void untilThereAre(int expected, Runnable one, Runnable other) {
        AtomicInteger looks = new AtomicInteger();
        Eventually.that(expected + " aggregators", () -> {
            now.updateAndGet(t -> t.plusSeconds(6));
            (looks.getAndIncrement() % 2 == 0 ? one : other).run();
            return replicas() == expected;
        });
    }

    @Test
    void theirNumberFollowsHowFarTheyAreBehind() {
        pods.says(A, says(3, 30, 40));
        create(1, 8);
        Eventually.that("one aggregator", () -> replicas() == 1);
        assertThat(message()).contains("1 of at most 8");

        untilThereAre(2, () -> pods.says(A, says(3, 1_100, 95)), () -> pods.says(A, says(3, 1_100, 85)));
        Eventually.that(
                "an Event says why",
                () -> client.v1().events().inNamespace(Samples.NAMESPACE).list().getItems().stream()
                        .map(Event::getMessage)
                        .anyMatch(m -> m.startsWith(
                                "Deployment fraud-aggregator: 2 instead of 1: lag is above 50 % of maxLag")));

        // the new one has a partition, and they are far behind still; a fourth would have none
        pods.says(B, says(1, 9_000, 100));
        new FakeCluster(client, NAME).runningPod("aggregator-b", Labels.AGGREGATOR, B, true);
        untilThereAre(3, () -> pods.says(A, says(2, 9_000, 95)), () -> pods.says(A, says(2, 3_000, 95)));
        new FakeCluster(client, NAME).deployment(NAME + "-aggregator", 3);
        Eventually.that("status says how many", () -> message().contains("3 of at most 8"));

        // another operator takes over: what runs stands, and is halved when it has nothing to do
        operator.close();
        operator = TestOperator.start(client, pods.port(), clock);
        pods.says(B, says(1, 10, 20));
        untilThereAre(2, () -> pods.says(A, says(2, 10, 20)), () -> pods.says(A, says(2, 10, 30)));
    }

    private String message() {
        return Statuses.find(TestOperator.get(client, NAME).getStatus(), ConditionType.StreamsReady)
                .map(c -> c.getMessage())
                .orElse("");
    }
}
