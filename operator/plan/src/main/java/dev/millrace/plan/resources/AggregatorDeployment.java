package dev.millrace.plan.resources;

import dev.millrace.plan.AggregatorPlan;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Hashes;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The stream aggregators. State is restored from Kafka, so a pod owns nothing, but what
 * RocksDB has on disk saves a container that starts again most of that; a rollout adds before it takes, so that
 * partitions move instead of waiting.
 */
public final class AggregatorDeployment {
    private static final String STATE = "state";

    private AggregatorDeployment() {}

    /** Null when no group is a stream. */
    public static @Nullable Deployment of(StackPlan plan) {
        FeaturesPlan features = plan.features();
        AggregatorPlan aggregator = features == null ? null : features.aggregator();
        if (features == null || aggregator == null) {
            return null;
        }
        String document = AggregatorConfigMap.document(plan, g -> g.stream() != null);
        return new DeploymentBuilder()
                .withMetadata(Labels.meta(plan, Names.aggregator(plan.name()), Labels.AGGREGATOR))
                .withNewSpec()
                .withReplicas(plan.suspended() ? 0 : aggregator.replicas())
                .withRevisionHistoryLimit(3)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withNewSelector()
                .withMatchLabels(Labels.selector(plan, Labels.AGGREGATOR))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Labels.of(plan, Labels.AGGREGATOR))
                .addToAnnotations(Labels.CONFIG_HASH, Hashes.hex(document, 16))
                .endMetadata()
                // long enough to drain the writes and commit
                .withSpec(Pods.spec(Names.aggregator(plan.name()), 30)
                        .withContainers(container(plan, aggregator))
                        .withVolumes(
                                ConfigVolume.of(Names.aggregator(plan.name()), AggregatorConfigMap.KEY)
                                        .withStore(plan)
                                        .withKafka(plan.kafka())
                                        .withSchemaRegistry(plan.kafka())
                                        .build(),
                                Pods.scratch(STATE, aggregator.stateSize().toString()),
                                Pods.scratch(Pods.TMP, "64Mi"))
                        .build())
                .endTemplate()
                .endSpec()
                .build();
    }

    private static Container container(StackPlan plan, AggregatorPlan aggregator) {
        return Pods.container(
                        "aggregator",
                        aggregator.rocksDbBytes() == null
                                ? plan.images().aggregator()
                                : plan.images().aggregatorRocksDb())
                .withArgs("--config", Placement.CONFIG_DIR + "/" + AggregatorConfigMap.KEY)
                .addNewPort()
                .withName(Pods.METRICS)
                .withContainerPort(Placement.METRICS_PORT)
                .withProtocol("TCP")
                .endPort()
                .withResources(Pods.resources(aggregator.requests(), aggregator.limits()))
                .withStartupProbe(Pods.http("/livez", 1, 1, 120))
                .withLivenessProbe(Pods.http("/livez", 10, 5, 3))
                .withReadinessProbe(Pods.http("/readyz", 5, 2, 3))
                .withVolumeMounts(
                        Pods.readOnly(Pods.CONFIG, Placement.CONFIG_DIR),
                        Pods.mount(STATE, Placement.STATE_DIR),
                        Pods.mount(Pods.TMP, "/tmp"))
                .build();
    }
}
