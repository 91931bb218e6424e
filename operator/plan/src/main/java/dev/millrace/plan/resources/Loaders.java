package dev.millrace.plan.resources;

import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.plan.BatchPlan;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Hashes;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Quantities;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The batch loads: a CronJob for each group with a schedule, and for each group a first Job, so that values are there
 * before the first run. A Job's template cannot change, so the Job's name carries a hash of it: another source or another
 * definition is another Job, and the old one must not exist any more.
 */
public final class Loaders {
    private static final String SOURCE = "source";
    private static final String SCRATCH = "scratch";

    /** The rest of the limit is for what reads the files, which is native code, and for the JVM itself. */
    private static final String HEAP = "-Xmx128m";

    /** Copies of files from elsewhere, one at a time. */
    private static final String LARGEST_COPY = "20Gi";

    /** Each Job is a run: this is its uid, which all its pods bear as a label. */
    private static final EnvVar RUN = new EnvVarBuilder()
            .withName("MILLRACE_RUN")
            .withNewValueFrom()
            .withNewFieldRef()
            .withApiVersion("v1")
            .withFieldPath("metadata.labels['batch.kubernetes.io/controller-uid']")
            .endFieldRef()
            .endValueFrom()
            .build();

    private Loaders() {}

    /** One for each batch group with a schedule, in the order of the spec. */
    public static List<CronJob> cronJobs(StackPlan plan) {
        List<CronJob> result = new ArrayList<>();
        for (FeatureGroup group : groups(plan)) {
            BatchPlan batch = batch(plan, group);
            if (batch.schedule() != null) {
                result.add(cronJob(plan, group, batch, batch.schedule()));
            }
        }
        return result;
    }

    /** The first load of each batch group, in the order of the spec. */
    public static List<Job> firstJobs(StackPlan plan) {
        List<Job> result = new ArrayList<>();
        for (FeatureGroup group : groups(plan)) {
            PodTemplateSpec template = template(plan, group, batch(plan, group));
            String name = Names.load(plan.name(), group.name()) + "-"
                    + Hashes.hex(dev.millrace.contract.config.Json.write(template), 8);
            result.add(new JobBuilder()
                    .withMetadata(Labels.metaBuilder(plan, name, Labels.LOADER)
                            .addToLabels(Labels.GROUP, group.name())
                            .build())
                    .withNewSpec()
                    // no time to live: a Job that vanished would be made, and run, again
                    .withBackoffLimit(6)
                    .withSuspend(plan.suspended())
                    .withCompletionMode(mode(batch(plan, group)))
                    .withCompletions(workers(batch(plan, group)))
                    .withParallelism(workers(batch(plan, group)))
                    .withTemplate(template)
                    .endSpec()
                    .build());
        }
        return result;
    }

    private static CronJob cronJob(StackPlan plan, FeatureGroup group, BatchPlan batch, String schedule) {
        return new CronJobBuilder()
                .withMetadata(Labels.metaBuilder(plan, Names.load(plan.name(), group.name()), Labels.LOADER)
                        .addToLabels(Labels.GROUP, group.name())
                        .build())
                .withNewSpec()
                .withSchedule(schedule)
                .withConcurrencyPolicy("Forbid")
                .withStartingDeadlineSeconds(3600L)
                .withSuccessfulJobsHistoryLimit(1)
                .withFailedJobsHistoryLimit(1)
                .withSuspend(plan.suspended())
                .withNewJobTemplate()
                .withNewSpec()
                .withBackoffLimit(3)
                .withCompletionMode(mode(batch))
                .withCompletions(workers(batch))
                .withParallelism(workers(batch))
                .withTemplate(template(plan, group, batch))
                .endSpec()
                .endJobTemplate()
                .endSpec()
                .build();
    }

    private static PodTemplateSpec template(StackPlan plan, FeatureGroup group, BatchPlan batch) {
        Map<String, String> labels = new TreeMap<>(Labels.of(plan, Labels.LOADER));
        labels.put(Labels.GROUP, group.name());
        List<Volume> volumes = new ArrayList<>();
        volumes.add(ConfigVolume.of(Names.aggregator(plan.name()), AggregatorConfigMap.KEY)
                .withStore(plan)
                .withBatch(batch.secret())
                .build());
        ContainerBuilder container = Pods.java(
                        "loader", plan.images().aggregator(), "dev.millrace.aggregator.batch.Main", HEAP)
                .withArgs(arguments(group, batch))
                .withEnv(RUN)
                .withResources(Pods.resources(
                        Map.of("cpu", Quantities.canonical("100m"), "memory", Quantities.canonical("512Mi")),
                        Map.of("cpu", Quantities.canonical("1"), "memory", Quantities.canonical("512Mi"))))
                .withVolumeMounts(
                        Pods.readOnly(Pods.CONFIG, Placement.CONFIG_DIR),
                        Pods.mount(Pods.TMP, "/tmp"),
                        Pods.mount(SCRATCH, Placement.STATE_DIR));
        Volume source = SourceVolume.of(SOURCE, batch.source());
        if (source != null) {
            volumes.add(source);
            container.addToVolumeMounts(Pods.readOnly(SOURCE, Placement.BATCH_DIR + "/" + group.name()));
        }
        volumes.add(Pods.scratch(Pods.TMP, "256Mi"));
        volumes.add(Pods.scratch(SCRATCH, batch.source().address() == null ? "1Gi" : LARGEST_COPY));
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .addToAnnotations(
                        Labels.CONFIG_HASH,
                        Hashes.hex(
                                AggregatorConfigMap.document(plan, g -> g.name().equals(group.name())), 16))
                .endMetadata()
                .withSpec(Pods.spec(Names.loader(plan.name()), 30)
                        .withRestartPolicy("OnFailure")
                        .withContainers(container.build())
                        .withVolumes(volumes)
                        .build())
                .build();
    }

    /** With the run's id, so that a pod that follows a killed one goes on with its work. */
    private static List<String> arguments(FeatureGroup group, BatchPlan batch) {
        List<String> arguments = new ArrayList<>(List.of(
                "--config",
                Placement.CONFIG_DIR + "/" + AggregatorConfigMap.KEY,
                "--group",
                group.name(),
                "--run",
                "$(" + RUN.getName() + ")"));
        if (batch.workers() > 1) {
            arguments.addAll(
                    List.of("--workers", String.valueOf(batch.workers()), "--index", "$(JOB_COMPLETION_INDEX)"));
        }
        return arguments;
    }

    private static @Nullable String mode(BatchPlan batch) {
        return batch.workers() > 1 ? "Indexed" : null;
    }

    private static @Nullable Integer workers(BatchPlan batch) {
        return batch.workers() > 1 ? batch.workers() : null;
    }

    private static List<FeatureGroup> groups(StackPlan plan) {
        FeaturesPlan features = plan.features();
        return features == null
                ? List.of()
                : features.groups().stream()
                        .filter(g -> features.batches().containsKey(g.name()))
                        .toList();
    }

    private static BatchPlan batch(StackPlan plan, FeatureGroup group) {
        FeaturesPlan features = plan.features();
        BatchPlan batch = features == null ? null : features.batches().get(group.name());
        if (batch == null) {
            throw new IllegalStateException(group.name() + " is not a batch group");
        }
        return batch;
    }
}
