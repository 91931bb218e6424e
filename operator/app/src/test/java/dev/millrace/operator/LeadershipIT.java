package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.api.testing.KubeApi;
import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Operators as processes on one API server: at most one leads, and none lingers. */
@ExtendWith(KubeApi.class)
class LeadershipIT {

    /** Below the 30 s after which kubelet kills, and far above what it takes. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private KubernetesClient client;

    @SuppressWarnings("NullAway.Init")
    private KubeAPIServer server;

    @BeforeEach
    void inject(KubernetesClient injected, KubeAPIServer injectedServer) {
        client = injected;
        server = injectedServer;
    }

    @AfterEach
    void clear() {
        client.resources(RealtimeModel.class).inNamespace(Samples.NAMESPACE).delete();
        lease().delete();
    }

    @Test
    void anOperatorToldToStopEndsSoonAndReleasesTheLease() {
        try (OperatorProcess only = OperatorProcess.start(server, "only", directory)) {
            awaitHolder("only", only);
            client.resource(Samples.fraud("stopped")).create();
            new LiveStack(client, "stopped").awaitApplied();
            long start = System.nanoTime();
            only.terminate();
            assertThat(only.awaitExit(SOON)).as(only.log()).isIn(0, 143);
            System.out.printf("ended %d ms after SIGTERM%n", (System.nanoTime() - start) / 1_000_000);
            assertThat(holder()).as(only.log()).isNullOrEmpty();
        }
    }

    @Test
    void theSecondLeadsWhenTheFirstIsKilledAndEndsWhenTheLeaseIsTaken() {
        try (OperatorProcess first = OperatorProcess.start(server, "first", directory)) {
            awaitHolder("first", first);
            LiveStack stack = new LiveStack(client, "failover");
            client.resource(Samples.fraud("failover")).create();
            stack.awaitApplied();
            try (OperatorProcess second = OperatorProcess.start(server, "second", directory)) {
                Eventually.that(
                        "the second knows the first", () -> second.log().contains("New leader with identity: first"));
                first.kill();
                stack.edit(m -> m.getSpec().getScaling().setMaxReplicas(17));
                Eventually.that("the second applies it", () -> maxReplicas(stack) == 17);
                assertThat(holder()).isEqualTo("second");

                Eventually.written(() -> lease().edit(lease -> lease.edit()
                        .editSpec()
                        .withHolderIdentity("third")
                        .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
                        .endSpec()
                        .build()));
                assertThat(second.awaitExit(SOON)).as(second.log()).isEqualTo(1);
                assertThat(holder()).isEqualTo("third");
            }
        }
    }

    private void awaitHolder(String name, OperatorProcess process) {
        try {
            Eventually.that(name + " leads", () -> name.equals(holder()));
        } catch (RuntimeException e) {
            throw new AssertionError(process.log(), e);
        }
    }

    private @Nullable String holder() {
        Lease lease = lease().get();
        return lease == null ? null : lease.getSpec().getHolderIdentity();
    }

    private Resource<Lease> lease() {
        return client.resources(Lease.class).inNamespace(Samples.NAMESPACE).withName(Leadership.LEASE);
    }

    private static int maxReplicas(LiveStack stack) {
        HorizontalPodAutoscaler autoscaler = stack.get(HorizontalPodAutoscaler.class, "server");
        return Objects.requireNonNull(autoscaler).getSpec().getMaxReplicas();
    }
}
