package dev.millrace.e2e;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.millrace.api.v1alpha1.RealtimeModel;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A namespace of the cluster under test, with Pod Security {@code restricted} enforced. */
final class Cluster implements AutoCloseable {
    private static final int METRICS_PORT = 9090;
    private static final String OURS = "millrace.dev/e2e";

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String namespace;

    Cluster(String namespace) {
        this.namespace = namespace;
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    /** Makes the namespace anew. */
    void create() {
        delete();
        client.resource(ours(namespace)).create();
    }

    /** A namespace that only these tests use, and may therefore delete. */
    static Namespace ours(String name) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .addToLabels(OURS, "true")
                .endMetadata()
                .build();
    }

    /** Nothing of somebody else's is touched: a namespace that is there already must be one of an earlier run. */
    static void requireOurs(KubernetesClient client, String name) {
        Namespace there = client.namespaces().withName(name).get();
        if (there != null
                && !Objects.requireNonNullElse(there.getMetadata().getLabels(), Map.of())
                        .containsKey(OURS)) {
            throw new IllegalStateException("namespace " + name + " exists in this cluster and is not of these tests,"
                    + " which would delete what is in it; use another cluster, or label it " + OURS + "=true");
        }
    }

    void delete() {
        requireOurs(client, namespace);
        client.namespaces().withName(namespace).delete();
        Waiting.until(
                "no namespace " + namespace,
                Duration.ofMinutes(3),
                () -> client.namespaces().withName(namespace).get() == null);
    }

    /** Server-side apply, as {@code kubectl apply --server-side}. */
    void apply(String yaml) {
        for (HasMetadata object : client.load(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .items()) {
            client.resource(object).inNamespace(namespace).forceConflicts().serverSideApply();
        }
    }

    Resource<RealtimeModel> model(String name) {
        return client.resources(RealtimeModel.class).inNamespace(namespace).withName(name);
    }

    /** Pods of one part of a stack that are not on their way out. */
    List<Pod> pods(String model, String component) {
        return client
                .pods()
                .inNamespace(namespace)
                .withLabels(Map.of("app.kubernetes.io/instance", model, "app.kubernetes.io/component", component))
                .list()
                .getItems()
                .stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    List<Pod> readyPods(String model, String component) {
        return pods(model, component).stream().filter(Cluster::ready).toList();
    }

    /** To the second, as Kubernetes tells it. */
    static Instant created(Pod pod) {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }

    /** When it became ready, to the second. */
    static Instant readySince(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(c -> c.getType().equals("Ready"))
                .map(c -> Instant.parse(c.getLastTransitionTime()))
                .findFirst()
                .orElseThrow();
    }

    private static boolean ready(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    /** The process of a pod's container, where the node is this machine. */
    Optional<ProcessHandle> process(Pod pod, String container) {
        String id = pod.getStatus().getContainerStatuses().stream()
                .filter(c -> c.getName().equals(container))
                .map(c -> c.getContainerID().substring(c.getContainerID().lastIndexOf('/') + 1))
                .findFirst()
                .orElseThrow();
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cgroup"))
                                .contains(id);
                    } catch (IOException e) {
                        return false; // it has ended, or is not ours to look at
                    }
                })
                .findFirst();
    }

    /** Address of a Service. */
    String address(String service) {
        return client.services()
                .inNamespace(namespace)
                .withName(service)
                .require()
                .getSpec()
                .getClusterIP();
    }

    /** Everything in the namespace that Millrace labelled or that an object of this uid owns, as kind/name. */
    List<String> remains(String ownerUid) {
        List<String> found = new ArrayList<>();
        for (var group : client.getApiGroups().getGroups()) {
            collect(group.getPreferredVersion().getGroupVersion(), ownerUid, found);
        }
        collect("v1", ownerUid, found);
        return found;
    }

    private void collect(String apiVersion, String ownerUid, List<String> found) {
        var resources = client.getApiResources(apiVersion);
        if (resources == null) {
            return;
        }
        int slash = apiVersion.indexOf('/');
        for (var resource : resources.getResources()) {
            if (!Boolean.TRUE.equals(resource.getNamespaced())
                    || resource.getName().contains("/")
                    || !resource.getVerbs().contains("list")
                    || resource.getKind().equals("Event")) {
                continue;
            }
            ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                    .withGroup(slash < 0 ? "" : apiVersion.substring(0, slash))
                    .withVersion(apiVersion.substring(slash + 1))
                    .withKind(resource.getKind())
                    .withPlural(resource.getName())
                    .withNamespaced(true)
                    .build();
            for (GenericKubernetesResource object : client.genericKubernetesResources(context)
                    .inNamespace(namespace)
                    .list()
                    .getItems()) {
                Map<String, String> labels =
                        Objects.requireNonNullElse(object.getMetadata().getLabels(), Map.of());
                boolean owned = object.getMetadata().getOwnerReferences().stream()
                        .anyMatch(owner -> owner.getUid().equals(ownerUid));
                if (owned || "millrace".equals(labels.get("app.kubernetes.io/managed-by"))) {
                    found.add(resource.getKind() + "/" + object.getMetadata().getName());
                }
            }
        }
    }

    /** Resident memory of a pod's containers in bytes, as the kubelet sees it. */
    long residentBytes(Pod pod) {
        String summary = client.raw("/api/v1/nodes/" + pod.getSpec().getNodeName() + "/proxy/stats/summary");
        var pods = client.getKubernetesSerialization().unmarshal(Objects.requireNonNull(summary), Summary.class);
        return pods.pods().stream()
                .filter(p -> pod.getMetadata().getUid().equals(p.podRef().get("uid")))
                .flatMap(p -> p.containers().stream())
                .mapToLong(c -> c.memory().rssBytes())
                .sum();
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Summary(List<PodStats> pods) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record PodStats(Map<String, String> podRef, List<ContainerStats> containers) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record ContainerStats(Memory memory) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    record Memory(long rssBytes) {}

    /** A pod's metric, summed over its series that have this label value; 0 = there is none. */
    double metric(Pod pod, String name, String labelValue) {
        String url = "http://" + pod.getStatus().getPodIP() + ":" + METRICS_PORT + "/metrics";
        try {
            String text = http.send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return text.lines()
                    .filter(line -> line.startsWith(name + "{") && line.contains("=\"" + labelValue + "\""))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading " + url, e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
