package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.DriftReference;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.contract.status.ServerStatus.Drift;
import dev.millrace.contract.status.ServerStatus.Events;
import dev.millrace.contract.status.ServerStatus.FeatureDrift;
import dev.millrace.contract.status.ServerStatus.Sli;
import dev.millrace.operator.observe.FakePods;
import dev.millrace.operator.status.ConditionType;
import dev.millrace.operator.status.Statuses;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two servers tell over HTTP of the requests that they had becomes {@code SLOMet} and {@code DriftDetected}. */
@EnableKubernetesMockClient(crud = true)
class ServedRequestsMockTest {

    private static final String NAME = "fraud";
    private static final String A = "127.0.0.1";
    private static final String B = "127.0.0.2";
    private static final DriftReference HALVES = new DriftReference(List.of(50.0), List.of(0.5, 0.5, 0.0), 10_000);

    private final FakePods pods = new FakePods();

    @SuppressWarnings("NullAway.Init") // injected
    KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    TestOperator operator;

    @BeforeEach
    void start() {
        operator = TestOperator.start(client, false, pods.port());
        FakeCluster cluster = new FakeCluster(client, NAME);
        client.resource(Samples.fraud(NAME)).create();
        Eventually.that(
                "the stack is applied",
                () -> TestOperator.get(client, NAME).getStatus() != null
                        && client.apps()
                                        .statefulSets()
                                        .inNamespace(Samples.NAMESPACE)
                                        .withName("fraud-store")
                                        .get()
                                != null);
        pods.says(A, told(60, 0, 400, 300));
        pods.says(B, told(60, 0, 300, 400));
        cluster.runEverything();
        cluster.runningServerPod("server-a", A, true);
        cluster.runningServerPod("server-b", B, true);
    }

    @AfterEach
    void stop() {
        operator.close();
        pods.close();
    }

    @Test
    void serversAreJudgedTogether() {
        // neither has had a hundred requests, nor a thousand vectors
        Eventually.condition(client, NAME, ConditionType.SLOMet, "True", "ObjectivesMet");
        Eventually.condition(client, NAME, ConditionType.DriftDetected, "False", "NoDrift");

        String ready = ready();
        pods.says(B, told(60, 6, 300, 3_000));
        assertThat(Eventually.condition(client, NAME, ConditionType.SLOMet, "False", "LatencyMissed")
                        .getMessage())
                .contains("slo.latency: 0.1% of the requests may take longer than 50ms", "20 times as many");
        assertThat(Eventually.condition(client, NAME, ConditionType.DriftDetected, "True", "FeatureDrift")
                        .getMessage())
                .startsWith("amount: ");
        assertThat(ready()).as("they inform").isEqualTo(ready);

        // it may be the silent one that misses it
        pods.says(B, "");
        pods.says(A, told(6_000, 0, 500, 500));
        Eventually.that("what is silent is not well", () -> Statuses.find(
                        TestOperator.get(client, NAME).getStatus(), ConditionType.SLOMet)
                .orElseThrow()
                .getMessage()
                .contains("does not say"));
        pods.says(B, told(60, 0, 300, 400));
        Eventually.condition(client, NAME, ConditionType.SLOMet, "True", "ObjectivesMet");
        Eventually.condition(client, NAME, ConditionType.DriftDetected, "False", "NoDrift");
    }

    private String ready() {
        return Statuses.find(TestOperator.get(client, NAME).getStatus(), ConditionType.Ready)
                .orElseThrow()
                .getStatus();
    }

    private static ServerStatus told(int requests, int late, long... bins) {
        ServerStatus plain = FakePods.server(
                "Ready",
                null,
                null,
                "1",
                Samples.fraud(NAME).getSpec().getModel().getDigest());
        Events slow = new Events(requests - late, requests);
        Events all = new Events(requests, requests);
        return new ServerStatus(
                plain.state(),
                null,
                null,
                plain.model(),
                plain.version(),
                plain.digest(),
                plain.executionProvider(),
                plain.inputs(),
                plain.outputs(),
                null,
                plain.features(),
                null,
                "stable",
                List.of(new Sli("latency", "99.9", 50.0, slow, slow), new Sli("availability", "99.9", null, all, all)),
                new Drift(
                        0.2,
                        null,
                        List.of(new FeatureDrift(
                                "amount",
                                HALVES,
                                Arrays.stream(new long[] {bins[0], bins[1], 0})
                                        .boxed()
                                        .toList(),
                                bins[0] + bins[1],
                                0,
                                0))));
    }
}
