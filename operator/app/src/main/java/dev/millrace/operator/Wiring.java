package dev.millrace.operator;

import dev.millrace.operator.events.EventRecorder;
import dev.millrace.operator.observe.PodObserver;
import dev.millrace.operator.observe.StatusClient;
import dev.millrace.operator.scaling.AggregatorScaler;
import dev.millrace.operator.status.StatusAggregator;
import dev.millrace.plan.Images;
import dev.millrace.plan.Placement;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.quarkiverse.operatorsdk.annotations.RBACRule;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.time.Clock;

/** Puts the parts together. The only class that knows both the configuration and the parts. */
@RBACRule(apiGroups = "", resources = "pods", verbs = "list")
@RBACRule(apiGroups = "", resources = "secrets", verbs = "create")
@RBACRule(
        apiGroups = "",
        resources = "events",
        verbs = {"create", "get", "patch"})
@RBACRule(
        apiGroups = "coordination.k8s.io",
        resources = "leases",
        verbs = {"get", "create", "patch", "update"})
public class Wiring {

    @Produces
    @Singleton
    ImageResolver images(OperatorConfig config) {
        OperatorConfig.ImageConfig images = config.images();
        return new ImageResolver(new Images(
                images.release(),
                images.server(),
                images.aggregator(),
                images.aggregatorRocksDb(),
                images.store(),
                images.storeCommand()));
    }

    @Produces
    @Singleton
    PollInterval pollInterval(OperatorConfig config) {
        return new PollInterval(config.pollInterval());
    }

    @Produces
    @Singleton
    PodObserver observer(KubernetesClient client) {
        return new PodObserver(client, new StatusClient(Placement.METRICS_PORT));
    }

    @Produces
    @Singleton
    StatusAggregator statuses() {
        return new StatusAggregator(Clock.systemUTC());
    }

    @Produces
    @Singleton
    EventRecorder events(KubernetesClient client) {
        return new EventRecorder(client, Clock.systemUTC());
    }

    @Produces
    @Singleton
    AggregatorScaler scaler() {
        return new AggregatorScaler(Clock.systemUTC());
    }

    @Produces
    @Singleton
    Leadership leadership(KubernetesClient client) {
        return new Leadership(
                client, System.getenv("HOSTNAME"), () -> Runtime.getRuntime().halt(1));
    }

    /** Used in the profiles that {@code activate-leader-election-for-profiles} names. */
    @Produces
    @Singleton
    @Unremovable
    LeaderElectionConfiguration leader(Leadership leadership) {
        return leadership.configuration();
    }

    /** Before the extension's own observer, which stops the operator. */
    void stopping(
            @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent event, Leadership leadership) {
        leadership.stopping();
    }
}
