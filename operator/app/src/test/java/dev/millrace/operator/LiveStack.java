package dev.millrace.operator;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.operator.stack.Annotations;
import dev.millrace.operator.status.ConditionType;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The fraud sample's stack on an API server without controllers, as a person with kubectl sees it. */
final class LiveStack {

    private static final String LABEL = "app.kubernetes.io/instance";

    private final KubernetesClient client;
    private final String name;
    final FakeCluster cluster;

    LiveStack(KubernetesClient client, String name) {
        this.client = client;
        this.name = name;
        this.cluster = new FakeCluster(client, name);
    }

    /** Creates it and plays the controllers until it is Ready. */
    void comeUp() {
        client.resource(Samples.fraud(name)).create();
        awaitApplied();
        cluster.runEverything();
        cluster.readyServerPod("127.0.0.1");
        Eventually.condition(client, name, ConditionType.Ready, "True", "Available");
    }

    void awaitApplied() {
        Eventually.that(
                "everything is applied",
                () -> deployment("server") != null
                        && deployment("aggregator") != null
                        && get(StatefulSet.class, "store") != null
                        && !list(Job.class).isEmpty());
    }

    /** Something of ours changes, and nothing that says what to do. */
    void touch(String value) {
        edit(m -> m.getMetadata().setAnnotations(Map.of("millrace.dev/touched", value)));
    }

    /** Asks for a reconciliation, and for the batch groups to be loaded again. */
    void request(String value) {
        edit(m -> m.getMetadata().setAnnotations(Map.of(Annotations.RECONCILE, value)));
    }

    void edit(Consumer<RealtimeModel> change) {
        Eventually.written(() -> client.resources(RealtimeModel.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(name)
                .edit(m -> {
                    change.accept(m);
                    return m;
                }));
    }

    @Nullable
    Deployment deployment(String component) {
        return get(Deployment.class, component);
    }

    @Nullable
    <T extends HasMetadata> T get(Class<T> type, String component) {
        return client.resources(type)
                .inNamespace(Samples.NAMESPACE)
                .withName(name + "-" + component)
                .get();
    }

    <T extends HasMetadata> List<T> list(Class<T> type) {
        return client.resources(type)
                .inNamespace(Samples.NAMESPACE)
                .withLabel(LABEL, name)
                .list()
                .getItems();
    }
}
