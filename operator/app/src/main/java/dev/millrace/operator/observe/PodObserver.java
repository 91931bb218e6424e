package dev.millrace.operator.observe;

import dev.millrace.api.v1alpha1.RealtimeModel;
import dev.millrace.contract.status.AggregatorStatus;
import dev.millrace.contract.status.ServerStatus;
import dev.millrace.plan.Hashes;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Looks at the pods of one stack: those with its labels in its namespace, nothing else. */
public final class PodObserver {

    private static final int LIFE_DIGITS = 8;

    private final KubernetesClient client;
    private final StatusClient status;

    public PodObserver(KubernetesClient client, StatusClient status) {
        this.client = client;
        this.status = status;
    }

    /** One look: a LIST, then all running pods are asked at the same time. Takes a few seconds at most. */
    public Observation observe(RealtimeModel model) {
        List<CompletableFuture<Look>> looks = client
                .pods()
                .inNamespace(model.getMetadata().getNamespace())
                .withLabels(Map.of(
                        Labels.MANAGED_BY,
                        Labels.MILLRACE,
                        Labels.INSTANCE,
                        model.getMetadata().getName()))
                .list()
                .getItems()
                .stream()
                .map(this::look)
                .toList();
        List<Look> seen = looks.stream()
                .map(CompletableFuture::join)
                .sorted(Comparator.comparing(look -> look.view().name()))
                .toList();
        return new Observation(seen.stream().map(Look::view).toList(), pooled(seen), load(seen));
    }

    private static StreamLoad load(List<Look> seen) {
        List<Look> aggregators = seen.stream()
                .filter(look -> look.view().component().equals(Labels.AGGREGATOR)
                        && !look.view().terminating())
                .toList();
        return StreamLoad.of(
                aggregators.stream()
                        .map(Look::aggregator)
                        .filter(Objects::nonNull)
                        .toList(),
                aggregators.stream().allMatch(look -> look.view().ready() && look.aggregator() != null));
    }

    private static PooledView pooled(List<Look> seen) {
        List<Look> servers = seen.stream()
                .filter(look -> look.view().component().equals(Labels.SERVER)
                        && !look.view().terminating())
                .toList();
        return PooledView.of(
                servers.stream().map(Look::server).filter(Objects::nonNull).toList(),
                servers.stream().filter(look -> look.view().ready()).allMatch(Look::tellsOfItsRequests));
    }

    private CompletableFuture<Look> look(Pod pod) {
        String component = label(pod, Labels.COMPONENT);
        String ip = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
        boolean running = ip != null && "Running".equals(pod.getStatus().getPhase());
        if (ip == null || !running) {
            return CompletableFuture.completedFuture(new Look(view(pod, null, null), null, null));
        }
        if (component.equals(Labels.SERVER)) {
            return status.ask(ip, ServerStatus.class)
                    .thenApply(
                            s -> new Look(view(pod, s.map(ServerView::of).orElse(null), null), s.orElse(null), null));
        }
        if (component.equals(Labels.AGGREGATOR)) {
            return status.ask(ip, AggregatorStatus.class)
                    .thenApply(s ->
                            new Look(view(pod, null, s.map(AggregatorView::of).orElse(null)), null, s.orElse(null)));
        }
        return CompletableFuture.completedFuture(new Look(view(pod, null, null), null, null));
    }

    /** The uncut words of a server or an aggregator, for what all of them say together. */
    private record Look(PodView view, @Nullable ServerStatus server, @Nullable AggregatorStatus aggregator) {
        boolean tellsOfItsRequests() {
            return server != null && !server.sli().isEmpty();
        }
    }

    private static PodView view(Pod pod, @Nullable ServerView server, @Nullable AggregatorView aggregator) {
        return new PodView(
                pod.getMetadata().getName(),
                label(pod, Labels.COMPONENT),
                label(pod, Labels.GROUP),
                ready(pod),
                pod.getMetadata().getDeletionTimestamp() != null,
                Problems.of(pod),
                server,
                aggregator,
                life(pod));
    }

    /** A container that starts again in the same pod has lost its memory too. */
    private static @Nullable String life(Pod pod) {
        if (!label(pod, Labels.COMPONENT).equals(Labels.STORE) || !ready(pod)) {
            return null;
        }
        List<ContainerStatus> containers = pod.getStatus().getContainerStatuses();
        int restarts = (containers == null ? List.<ContainerStatus>of() : containers)
                .stream()
                        .mapToInt(c -> c.getRestartCount() == null ? 0 : c.getRestartCount())
                        .sum();
        return Hashes.hex(pod.getMetadata().getUid() + "/" + restarts, LIFE_DIGITS);
    }

    private static boolean ready(Pod pod) {
        return pod.getStatus() != null
                && pod.getStatus().getConditions() != null
                && pod.getStatus().getConditions().stream()
                        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private static String label(Pod pod, String key) {
        return Optional.ofNullable(pod.getMetadata().getLabels())
                .map(labels -> labels.get(key))
                .orElse("");
    }
}
