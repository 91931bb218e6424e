package dev.millrace.operator;

import dev.millrace.plan.Hashes;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Loads the batch groups again when the managed store has lost them, for it keeps nothing on disk, and when somebody asks
 * for it. A load's Job carries the store's life that it fills and the request that it answers, as labels, so that nothing
 * need be remembered here; a Job for another life or request has another name, which follows from them, and takes the
 * place of the one before.
 */
final class BatchLoads {

    private static final int DIGITS = 8;

    private BatchLoads() {}

    /**
     * The same objects, with each load aimed at the store as it is now.
     *
     * @param live the Jobs of this stack as they are
     * @param life of the store that serves; null = none does at the moment, or it is not ours
     * @param asked what the annotation {@code millrace.dev/reconcile} says; null = nothing
     */
    static List<HasMetadata> aim(
            List<HasMetadata> objects, Collection<Job> live, @Nullable String life, @Nullable String asked) {
        String request = asked == null || asked.isEmpty() ? null : Hashes.hex(asked, DIGITS);
        List<HasMetadata> aimed = new ArrayList<>(objects.size());
        for (HasMetadata object : objects) {
            aimed.add(object instanceof Job job ? aim(job, live, life, request) : object);
        }
        return aimed;
    }

    private static Job aim(Job planned, Collection<Job> live, @Nullable String life, @Nullable String request) {
        // newest first: the one before may be seen for a while beside the one that takes its place
        List<Job> ours =
                new ArrayList<>(live.stream().filter(job -> isOf(planned, job)).toList());
        Collections.reverse(ours);
        ours.sort(Comparator.comparing(BatchLoads::created).reversed());
        if (ours.isEmpty()) {
            return labelled(planned, planned.getMetadata().getName(), life, request, Map.of());
        }
        for (Job job : ours) {
            if (isWanted(job, life, request)) {
                return kept(planned, job, life == null ? filled(job) : life);
            }
        }
        Job before = ours.get(0);
        String filled = filled(before);
        boolean lost = life != null && filled != null && !life.equals(filled);
        Map<String, String> why = new TreeMap<>();
        if (lost || before.getMetadata().getLabels().containsKey(Labels.REFILL) && !isLoaded(before)) {
            why.put(Labels.REFILL, "true");
        } else if (isLoaded(before)) {
            why.put(Labels.RELOAD, "true");
        }
        String nextLife = life == null ? filled : life;
        String nextRequest = request == null ? request(before) : request;
        return labelled(planned, name(planned, nextLife, nextRequest), nextLife, nextRequest, why);
    }

    /** One for this life and this request; a store that is away and a request that was taken back change nothing. */
    private static boolean isWanted(Job job, @Nullable String life, @Nullable String request) {
        // made before the store's pod was seen: it fills the one that is there now
        return (life == null || filled(job) == null || life.equals(filled(job)))
                && (request == null || request.equals(request(job)));
    }

    private static Job kept(Job planned, Job live, @Nullable String life) {
        Map<String, String> why = new TreeMap<>(live.getMetadata().getLabels());
        why.keySet().retainAll(List.of(Labels.REFILL, Labels.RELOAD));
        return labelled(planned, live.getMetadata().getName(), life, request(live), why);
    }

    /** Whether a load of this definition: the first, or one whose name follows from what it is for. */
    private static boolean isOf(Job planned, Job live) {
        String name = live.getMetadata().getName();
        return name.equals(planned.getMetadata().getName())
                || name.equals(name(planned, filled(live), request(live)))
                // made for a store that no pod had been seen of
                || name.equals(name(planned, null, request(live)));
    }

    /** Whether the group's values were there before, or are there by now. */
    private static boolean isLoaded(Job job) {
        return job.getMetadata().getLabels().containsKey(Labels.RELOAD)
                || job.getStatus() != null
                        && job.getStatus().getConditions() != null
                        && job.getStatus().getConditions().stream()
                                .anyMatch(c -> "Complete".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private static Job labelled(
            Job planned, String name, @Nullable String life, @Nullable String request, Map<String, String> more) {
        Map<String, String> labels = new TreeMap<>(more);
        if (life != null) {
            labels.put(Labels.STORE_LIFE, life);
        }
        if (request != null) {
            labels.put(Labels.REQUEST, request);
        }
        return new JobBuilder(planned)
                .editMetadata()
                .withName(name)
                .addToLabels(labels)
                .endMetadata()
                .build();
    }

    /** As long as the planned name, whose end is a hash too. */
    private static String name(Job planned, @Nullable String life, @Nullable String request) {
        String name = planned.getMetadata().getName();
        String what = request == null ? name + "/" + life : name + "/" + life + "/" + request;
        return name.substring(0, name.length() - DIGITS) + Hashes.hex(what, DIGITS);
    }

    private static String created(Job job) {
        return Objects.requireNonNullElse(job.getMetadata().getCreationTimestamp(), "");
    }

    private static @Nullable String filled(Job job) {
        return job.getMetadata().getLabels().get(Labels.STORE_LIFE);
    }

    private static @Nullable String request(Job job) {
        return job.getMetadata().getLabels().get(Labels.REQUEST);
    }
}
