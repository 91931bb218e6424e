package dev.millrace.plan.resources;

import dev.millrace.plan.Hashes;
import dev.millrace.plan.Names;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Quantities;
import dev.millrace.plan.ServerPlan;
import dev.millrace.plan.Source;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The model servers. Another model is taken by the pods that run: nothing of it stands in the template. Any other change
 * rolls: a rollout adds one pod before it takes one away, and a pod is Ready only after load and warm-up.
 */
public final class ServerDeployment {
    static final String CONTAINER = "server";
    private static final String MODEL = "model";
    private static final String SOURCE = "source";
    /** Longer than any model loads: after it the Deployment says ProgressDeadlineExceeded and status says why. */
    private static final int PROGRESS_DEADLINE_SECONDS = 900;

    private ServerDeployment() {}

    public static Deployment of(StackPlan plan) {
        return new DeploymentBuilder()
                .withMetadata(Labels.meta(plan, Names.server(plan.name()), Labels.SERVER))
                .withNewSpec()
                .withReplicas(replicas(plan))
                .withRevisionHistoryLimit(3)
                .withProgressDeadlineSeconds(PROGRESS_DEADLINE_SECONDS)
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withNewSelector()
                .withMatchLabels(Labels.selector(plan, Labels.SERVER))
                .endSelector()
                .withTemplate(template(plan))
                .endSpec()
                .build();
    }

    /** Null under an autoscaler, which owns the field, but for the hand-over. */
    private static @Nullable Integer replicas(StackPlan plan) {
        return plan.suspended() ? Integer.valueOf(0) : plan.scaling().replicas();
    }

    private static PodTemplateSpec template(StackPlan plan) {
        ServerPlan server = plan.server();
        ServerPlan.PodTemplate extra = server.podTemplate();
        Map<String, String> labels = new TreeMap<>(extra.labels());
        labels.putAll(Labels.of(plan, Labels.SERVER));
        Map<String, String> annotations = new TreeMap<>(extra.annotations());
        annotations.put(Labels.CONFIG_HASH, Hashes.hex(ServerConfigMap.rolling(plan), 16));
        PodSpecBuilder spec = Pods.spec(serviceAccount(plan), server.terminationGraceSeconds())
                .withInitContainers(loader(plan))
                .withContainers(container(plan))
                .withTopologySpreadConstraints(
                        spread(plan, "topology.kubernetes.io/zone"), spread(plan, "kubernetes.io/hostname"))
                .withVolumes(volumes(plan))
                .withTolerations(extra.tolerations())
                .withPriorityClassName(extra.priorityClassName())
                .withRuntimeClassName(extra.runtimeClassName());
        if (!extra.nodeSelector().isEmpty()) {
            spec.withNodeSelector(new TreeMap<>(extra.nodeSelector()));
        }
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .withSpec(spec.build())
                .build();
    }

    static String serviceAccount(StackPlan plan) {
        String given = plan.server().podTemplate().serviceAccountName();
        return given == null ? Names.server(plan.name()) : given;
    }

    private static Container container(StackPlan plan) {
        ServerPlan server = plan.server();
        ContainerBuilder container = Pods.container(CONTAINER, plan.images().server())
                .withArgs("--config", Placement.CONFIG_DIR + "/" + ServerConfigMap.KEY)
                .withPorts(
                        port("http", Placement.REST_PORT),
                        port("grpc", Placement.GRPC_PORT),
                        port(Pods.METRICS, Placement.METRICS_PORT))
                .withResources(Pods.resources(server.requests(), server.limits()))
                // the metrics port answers within seconds of the start; loading and warming up may take as long as they
                // need
                .withStartupProbe(Pods.http("/livez", 1, 1, 120))
                .withLivenessProbe(Pods.http("/livez", 10, 5, 3))
                .withReadinessProbe(Pods.http("/readyz", 2, 2, 2))
                // endpoints must be gone everywhere before the server stops to accept
                .withNewLifecycle()
                .withNewPreStop()
                .withNewSleep()
                .withSeconds(server.preStopSeconds())
                .endSleep()
                .endPreStop()
                .endLifecycle()
                .withVolumeMounts(
                        Pods.readOnly(Pods.CONFIG, Placement.CONFIG_DIR),
                        Pods.readOnly(MODEL, Placement.MODEL_DIR),
                        Pods.mount(Pods.TMP, "/tmp"));
        if (plan.drift() != null && SourceVolume.of(SOURCE, plan.model().source()) != null) {
            container.addToVolumeMounts(Pods.readOnly(SOURCE, Placement.MODEL_SOURCE_DIR));
        }
        return Pods.withoutTelemetry(container);
    }

    /**
     * Fetches the model that the document names, checks its digest and only then makes it visible; and again when the
     * document names another. It starts before the server and runs beside it.
     */
    private static Container loader(StackPlan plan) {
        ContainerBuilder loader = Pods.container("model-loader", plan.images().server())
                .withCommand(Pods.smallJava("dev.millrace.server.loader.Main"))
                .withArgs("--watch", Placement.CONFIG_DIR + "/" + ServerConfigMap.LOADER_KEY)
                .withRestartPolicy("Always")
                .withResources(Pods.resources(
                        Map.of("cpu", Quantities.canonical("10m"), "memory", Quantities.canonical("64Mi")),
                        Map.of("cpu", Quantities.canonical("1"), "memory", Quantities.canonical("128Mi"))))
                .withVolumeMounts(
                        Pods.readOnly(Pods.CONFIG, Placement.CONFIG_DIR),
                        Pods.mount(MODEL, Placement.MODEL_DIR),
                        Pods.mount(Pods.TMP, "/tmp"));
        if (SourceVolume.of(SOURCE, plan.model().source()) != null) {
            loader.addToVolumeMounts(Pods.readOnly(SOURCE, Placement.MODEL_SOURCE_DIR));
        }
        return loader.build();
    }

    private static List<Volume> volumes(StackPlan plan) {
        List<Volume> volumes = new ArrayList<>();
        volumes.add(ConfigVolume.of(Names.serving(plan.name()), ServerConfigMap.KEY)
                .withDocument(ServerConfigMap.LOADER_KEY)
                .withStore(plan)
                .withSql(plan)
                .withKafka(plan.serverUsesKafka() ? plan.kafka() : null)
                .withTls(plan.server().tlsSecret())
                .build());
        boolean small = plan.model().source() instanceof Source.ConfigMapFile;
        // two files: one takes the place of the other
        volumes.add(Pods.scratch(MODEL, small ? "8Mi" : "8Gi"));
        Volume source = SourceVolume.of(SOURCE, plan.model().source());
        if (source != null) {
            volumes.add(source);
        }
        volumes.add(Pods.scratch(Pods.TMP, "64Mi"));
        return volumes;
    }

    private static TopologySpreadConstraint spread(StackPlan plan, String key) {
        return new TopologySpreadConstraintBuilder()
                .withMaxSkew(1)
                .withTopologyKey(key)
                .withWhenUnsatisfiable("ScheduleAnyway")
                .withNewLabelSelector()
                .withMatchLabels(Labels.selector(plan, Labels.SERVER))
                .endLabelSelector()
                .build();
    }

    private static io.fabric8.kubernetes.api.model.ContainerPort port(String name, int port) {
        return new ContainerPortBuilder()
                .withName(name)
                .withContainerPort(port)
                .withProtocol("TCP")
                .build();
    }
}
