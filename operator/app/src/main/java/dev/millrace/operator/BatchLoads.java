package dev.millrace.operator;

import dev.millrace.plan.Hashes;
import dev.millrace.plan.resources.Labels;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads the batch groups again when the managed store has lost them: it keeps nothing on disk. A load's Job carries the
 * store's life that it fills, as a label, so that nothing need be remembered here; a Job for another life has another
 * name, which follows from that life, and takes the place of the one before.
 */
final class BatchLoads {

    private static final int DIGITS = 8;

    private BatchLoads() {}

    /**
     * The same objects, with each load aimed at the store as it is now.
     *
     * @param live the Jobs of this stack as they are
     * @param life of the store that serves; null = none does at the moment, or it is not ours
     */
    static List<HasMetadata> aim(List<HasMetadata> objects, Collection<Job> live, @Nullable String life) {
        List<HasMetadata> aimed = new ArrayList<>(objects.size());
        for (HasMetadata object : objects) {
            aimed.add(object instanceof Job job ? aim(job, live, life) : object);
        }
        return aimed;
    }

    private static Job aim(Job planned, Collection<Job> live, @Nullable String life) {
        Optional<Job> first = find(live, planned.getMetadata().getName());
        Optional<Job> refill = live.stream()
                .filter(job ->
                        filled(job) != null && job.getMetadata().getName().equals(name(planned, filled(job))))
                .findFirst();
        if (refill.isPresent()) {
            return refill(planned, life == null ? filled(refill.get()) : life);
        }
        String filled = first.map(BatchLoads::filled).orElse(null);
        if (life == null || filled == null || life.equals(filled)) {
            return labelled(planned, life == null ? filled : life, Map.of()).build();
        }
        return refill(planned, life);
    }

    private static Job refill(Job planned, @Nullable String life) {
        return labelled(planned, life, Map.of(Labels.REFILL, "true"))
                .editMetadata()
                .withName(name(planned, life))
                .endMetadata()
                .build();
    }

    private static JobBuilder labelled(Job planned, @Nullable String life, Map<String, String> more) {
        JobBuilder job =
                new JobBuilder(planned).editMetadata().addToLabels(more).endMetadata();
        return life == null
                ? job
                : job.editMetadata().addToLabels(Labels.STORE_LIFE, life).endMetadata();
    }

    /** As long as the planned name, whose end is a hash too. */
    private static String name(Job planned, @Nullable String life) {
        String name = planned.getMetadata().getName();
        return name.substring(0, name.length() - DIGITS) + Hashes.hex(name + "/" + life, DIGITS);
    }

    private static @Nullable String filled(Job job) {
        return job.getMetadata().getLabels().get(Labels.STORE_LIFE);
    }

    private static Optional<Job> find(Collection<Job> live, String name) {
        return live.stream()
                .filter(job -> Objects.equals(job.getMetadata().getName(), name))
                .findFirst();
    }
}
