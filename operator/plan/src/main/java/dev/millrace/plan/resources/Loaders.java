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

/**
 * The batch loads: a CronJob for each group with a schedule, and for each group a first Job, so that values are there
 * before the first run. A Job's template cannot change, so the Job's name carries a hash of it: another source or another
 * definition is another Job, and the old one must not exist any more.
 */
public final class Loaders {
    private static final String SOURCE = "source";

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
                .build());
        ContainerBuilder container = Pods.java(
                        "loader", plan.images().aggregator(), "dev.millrace.aggregator.batch.Main")
                .withArgs("--config", Placement.CONFIG_DIR + "/" + AggregatorConfigMap.KEY, "--group", group.name())
                .withResources(Pods.resources(
                        Map.of("cpu", Quantities.canonical("100m"), "memory", Quantities.canonical("512Mi")),
                        Map.of("cpu", Quantities.canonical("1"), "memory", Quantities.canonical("512Mi"))))
                .withVolumeMounts(Pods.readOnly(Pods.CONFIG, Placement.CONFIG_DIR), Pods.mount(Pods.TMP, "/tmp"));
        Volume source = SourceVolume.of(SOURCE, batch.source());
        if (source != null) {
            volumes.add(source);
            container.addToVolumeMounts(Pods.readOnly(SOURCE, Placement.BATCH_DIR + "/" + group.name()));
        }
        volumes.add(Pods.scratch(Pods.TMP, "256Mi"));
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
