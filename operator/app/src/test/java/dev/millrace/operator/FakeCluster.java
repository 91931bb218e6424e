package dev.millrace.operator;

import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.ContainerStateTerminatedBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;

/** Plays the controllers and the kubelet, which neither the mock server nor kube-api-test has. */
final class FakeCluster {

    private final KubernetesClient client;
    private final String model;

    FakeCluster(KubernetesClient client, String model) {
        this.client = client;
        this.model = model;
    }

    /** Until the operator has applied a workload of each kind. */
    void awaitApplied() {
        Eventually.that(
                "everything is applied",
                () -> exists(client.apps().deployments(), "server")
                        && exists(client.apps().deployments(), "aggregator")
                        && exists(client.apps().statefulSets(), "store")
                        && !client.batch()
                                .v1()
                                .jobs()
                                .inNamespace(Samples.NAMESPACE)
                                .list()
                                .getItems()
                                .isEmpty());
    }

    private boolean exists(MixedOperation<?, ?, ? extends Resource<?>> kind, String part) {
        return kind.inNamespace(Samples.NAMESPACE).withName(model + "-" + part).get() != null;
    }

    /** Rolls out what the Deployments, the StatefulSet and the Jobs ask for. */
    void runEverything() {
        runAllButTheLoads();
        completeJobs();
    }

    void runAllButTheLoads() {
        deployment(model + "-server", 2);
        deployment(model + "-aggregator", 1);
        Eventually.written(() -> client.apps()
                .statefulSets()
                .inNamespace(Samples.NAMESPACE)
                .withName(model + "-store")
                .editStatus(s -> new StatefulSetBuilder(s)
                        .withNewStatus()
                        .withReplicas(1)
                        .withReadyReplicas(1)
                        .endStatus()
                        .build()));
    }

    /** Every Job that is not finished yet succeeds. */
    void completeJobs() {
        client
                .batch()
                .v1()
                .jobs()
                .inNamespace(Samples.NAMESPACE)
                .withLabel(Labels.INSTANCE, model)
                .list()
                .getItems()
                .stream()
                .filter(job -> job.getStatus() == null
                        || job.getStatus().getConditions() == null
                        || job.getStatus().getConditions().isEmpty())
                .forEach(job -> Eventually.written(() -> fresh(job).editStatus(j -> new JobBuilder(j)
                        .withNewStatus()
                        .withSucceeded(1)
                        .withStartTime("2026-01-01T00:00:00Z")
                        .withCompletionTime("2026-01-01T00:00:01Z")
                        .addNewCondition()
                        .withType("SuccessCriteriaMet")
                        .withStatus("True")
                        .withLastTransitionTime("2026-01-01T00:00:01Z")
                        .endCondition()
                        .addNewCondition()
                        .withType("Complete")
                        .withStatus("True")
                        .withLastTransitionTime("2026-01-01T00:00:01Z")
                        .endCondition()
                        .endStatus()
                        .build())));
    }

    void deployment(String name, int replicas) {
        Eventually.written(() -> client.apps()
                .deployments()
                .inNamespace(Samples.NAMESPACE)
                .withName(name)
                .editStatus(d -> new DeploymentBuilder(d)
                        .withNewStatus()
                        .withObservedGeneration(d.getMetadata().getGeneration())
                        .withReplicas(replicas)
                        .withUpdatedReplicas(replicas)
                        .withReadyReplicas(replicas)
                        .withAvailableReplicas(replicas)
                        .endStatus()
                        .build()));
    }

    /** A server pod that is Ready, at an address where the test answers or nobody does. */
    void readyServerPod(String podIp) {
        create(pod("server-ok", Labels.SERVER)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(podIp)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build());
    }

    /** The store's pod, new and ready: whatever an earlier one held is gone. */
    void newStorePod() {
        Pod pod = pod("store-0", Labels.STORE)
                .withNewStatus()
                .withPhase("Running")
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
        client.resource(pod).withGracePeriod(0).delete();
        create(pod);
    }

    /** The store's container was killed, and runs again in the same pod. */
    void restartStore(int restarts) {
        Eventually.written(() -> client.pods()
                .inNamespace(Samples.NAMESPACE)
                .withName(model + "-store-0")
                .editStatus(pod -> new PodBuilder(pod)
                        .editStatus()
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName("c")
                                .withImage("none")
                                .withImageID("none")
                                .withReady(true)
                                .withRestartCount(restarts)
                                .build())
                        .endStatus()
                        .build()));
    }

    /** A loader's pod of the group that ended with these words, and its Job has given up. */
    void failedLoad(Job job, String words) {
        String group = job.getMetadata().getLabels().get(Labels.GROUP);
        create(pod("load-bad", Labels.LOADER)
                .editMetadata()
                .addToLabels(Labels.GROUP, group)
                .endMetadata()
                .withNewStatus()
                .withPhase("Failed")
                .addNewContainerStatus()
                .withName("loader")
                .withImage("none")
                .withImageID("none")
                .withReady(false)
                .withRestartCount(6)
                .withNewState()
                .withTerminated(new ContainerStateTerminatedBuilder()
                        .withExitCode(1)
                        .withMessage(words)
                        .build())
                .endState()
                .endContainerStatus()
                .endStatus()
                .build());
        Eventually.written(() -> fresh(job).editStatus(j -> new JobBuilder(j)
                .withNewStatus()
                .withFailed(7)
                .withStartTime("2026-01-01T00:00:00Z")
                .addNewCondition()
                .withType("FailureTarget")
                .withStatus("True")
                .withLastTransitionTime("2026-01-01T00:00:01Z")
                .endCondition()
                .addNewCondition()
                .withType("Failed")
                .withStatus("True")
                .withReason("BackoffLimitExceeded")
                .withLastTransitionTime("2026-01-01T00:00:01Z")
                .endCondition()
                .endStatus()
                .build()));
    }

    /** Reads it anew with each edit. */
    private Resource<Job> fresh(Job job) {
        return client.resources(Job.class)
                .inNamespace(Samples.NAMESPACE)
                .withName(job.getMetadata().getName());
    }

    /** A server pod whose model loader ended with these words. */
    void failedLoaderPod(String words) {
        create(pod("server-bad", Labels.SERVER)
                .withNewStatus()
                .withPhase("Pending")
                .addNewInitContainerStatus()
                .withName("model-loader")
                .withNewState()
                .withNewWaiting()
                .withReason("CrashLoopBackOff")
                .endWaiting()
                .endState()
                .withNewLastState()
                .withTerminated(new ContainerStateTerminatedBuilder()
                        .withExitCode(1)
                        .withMessage(words)
                        .build())
                .endLastState()
                .endInitContainerStatus()
                .endStatus()
                .build());
    }

    void deletePods() {
        client.pods()
                .inNamespace(Samples.NAMESPACE)
                .withLabel(Labels.INSTANCE, model)
                .delete();
    }

    /** A server's pod that runs at an address where the test answers for it. */
    void runningServerPod(String suffix, String podIp, boolean ready) {
        runningPod(suffix, Labels.SERVER, podIp, ready);
    }

    /** The same of any component. */
    void runningPod(String suffix, String component, String podIp, boolean ready) {
        create(pod(suffix, component)
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(podIp)
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready ? "True" : "False")
                .endCondition()
                .endStatus()
                .build());
    }

    private void create(Pod pod) {
        client.resource(pod).create();
        client.resource(pod).patchStatus();
    }

    private PodBuilder pod(String suffix, String component) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(model + "-" + suffix)
                .withNamespace(Samples.NAMESPACE)
                .addToLabels(Labels.MANAGED_BY, Labels.MILLRACE)
                .addToLabels(Labels.INSTANCE, model)
                .addToLabels(Labels.COMPONENT, component)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("none")
                .endContainer()
                .endSpec();
    }
}
