package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.events.EventRecorder;
import dev.millrace.operator.observe.PodObserver;
import dev.millrace.operator.observe.StatusClient;
import dev.millrace.operator.scaling.AggregatorScaler;
import dev.millrace.operator.status.StatusAggregator;
import dev.millrace.plan.Images;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;

/** The reconciler under plain java-operator-sdk: ready in seconds, where Quarkus takes twenty. */
final class TestOperator implements AutoCloseable {

    static final Images IMAGES = Images.of("registry.example.com", "1.0.0");

    private static final Duration QUICK = Duration.ofMillis(300);

    private final Operator operator;

    private TestOperator(Operator operator) {
        this.operator = operator;
    }

    /** @param ssa false on the mock server, which has no server-side apply */
    static TestOperator start(KubernetesClient client, boolean ssa, int statusPort) {
        return start(client, ssa, statusPort, QUICK, more -> {});
    }

    /** @param poll how often pods are asked */
    static TestOperator start(KubernetesClient client, boolean ssa, int statusPort, Duration poll) {
        return start(client, ssa, statusPort, poll, more -> {});
    }

    static TestOperator start(
            KubernetesClient client, boolean ssa, int statusPort, Consumer<ConfigurationServiceOverrider> more) {
        return start(client, ssa, statusPort, QUICK, more);
    }

    /** @param clock by which aggregators are added and taken away */
    static TestOperator start(KubernetesClient client, int statusPort, InstantSource clock) {
        return start(client, false, reconciler(client, statusPort, QUICK, clock), more -> {});
    }

    private static TestOperator start(
            KubernetesClient client,
            boolean ssa,
            int statusPort,
            Duration poll,
            Consumer<ConfigurationServiceOverrider> more) {
        return start(client, ssa, reconciler(client, statusPort, poll), more);
    }

    private static TestOperator start(
            KubernetesClient client,
            boolean ssa,
            RealtimeModelReconciler reconciler,
            Consumer<ConfigurationServiceOverrider> more) {
        Operator operator = new Operator(o -> more.accept(o.withKubernetesClient(client)
                .withUseSSAToPatchPrimaryResource(ssa)
                .withSSABasedCreateUpdateMatchForDependentResources(ssa)
                .withCloseClientOnStop(false)
                .withReconciliationTerminationTimeout(Duration.ofSeconds(2))));
        operator.register(reconciler);
        operator.start();
        return new TestOperator(operator);
    }

    static RealtimeModelReconciler reconciler(KubernetesClient client, int statusPort, Duration poll) {
        return reconciler(client, statusPort, poll, Clock.systemUTC());
    }

    /** @param clock by which aggregators are added and taken away */
    static RealtimeModelReconciler reconciler(
            KubernetesClient client, int statusPort, Duration poll, InstantSource clock) {
        return new RealtimeModelReconciler(
                new ImageResolver(IMAGES),
                new PodObserver(client, new StatusClient(statusPort)),
                new PollInterval(poll),
                new StatusAggregator(Clock.systemUTC()),
                new EventRecorder(client, Clock.systemUTC()),
                new AggregatorScaler(clock));
    }

    /** The RealtimeModel as the server has it now. */
    static RealtimeModel get(KubernetesClient client, String name) {
        return client.resources(RealtimeModel.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(name)
                .require();
    }

    @Override
    public void close() {
        operator.stop();
    }
}
