package dev.millrace.plan.resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.contract.config.AggregatorConfig;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.plan.Placement;
import dev.millrace.plan.PlanInputs;
import dev.millrace.plan.Specs;
import dev.millrace.plan.StackPlan;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked // what is null here fails the test
class ResourcesTest {
    private static final String NO_FEATURES = "- spec.features";

    private static StackPlan withoutFeatures() {
        return Specs.plan(
                NO_FEATURES,
                "- spec.kafka",
                "- spec.logger",
                "- spec.cache",
                "- spec.monitoring",
                "spec.fallback.order: [Default]");
    }

    private static List<String> names(StackPlan plan) {
        return Resources.all(plan).stream()
                .map(o -> o.getKind() + "/" + o.getMetadata().getName())
                .toList();
    }

    @Test
    void aWholeStack() {
        StackPlan plan = Specs.plan();
        String job = Loaders.firstJobs(plan).get(0).getMetadata().getName();
        assertThat(job).matches("fraud-profile-load-[0-9a-f]{8}");
        assertThat(names(plan))
                .containsExactly(
                        "ServiceAccount/fraud-server",
                        "ServiceAccount/fraud-store",
                        "ServiceAccount/fraud-aggregator",
                        "ServiceAccount/fraud-loader",
                        "ConfigMap/fraud-store",
                        "Service/fraud-store",
                        "StatefulSet/fraud-store",
                        "ConfigMap/fraud-aggregator",
                        "Deployment/fraud-aggregator",
                        "Job/" + job,
                        "CronJob/fraud-profile-load",
                        "ConfigMap/fraud-serving",
                        "Deployment/fraud-server",
                        "Service/fraud",
                        "HorizontalPodAutoscaler/fraud-server",
                        "PodDisruptionBudget/fraud-server",
                        "NetworkPolicy/fraud-server",
                        "NetworkPolicy/fraud-store",
                        "NetworkPolicy/fraud-aggregator");
    }

    private static List<String> secrets(StackPlan plan) {
        return Resources.all(plan).stream()
                .filter(o -> o.getMetadata().getName().equals("fraud-server"))
                .filter(Deployment.class::isInstance)
                .flatMap(o -> ((Deployment) o).getSpec().getTemplate().getSpec().getVolumes().stream())
                .filter(v -> v.getProjected() != null)
                .flatMap(v -> v.getProjected().getSources().stream())
                .filter(s -> s.getSecret() != null)
                .map(s -> s.getSecret().getName())
                .toList();
    }

    @Test
    void aServerThatReadsCallsInAdvanceHasTheBrokersSecrets() {
        assertThat(secrets(Specs.plan("- spec.logger"))).doesNotContain("kafka-ca", "kafka-user");
        assertThat(secrets(Specs.plan("- spec.logger", "spec.cache.entity: {ttl: 2s, prewarm: {topic: popular}}")))
                .contains("kafka-ca", "kafka-user");
        assertThat(secrets(Specs.plan(
                        "- spec.logger",
                        "spec.streamInference: {input: {topic: readings}, output: {topic: anomalies}}")))
                .contains("kafka-ca", "kafka-user");
    }

    @Test
    void onlyWhatTheSpecAsksFor() {
        assertThat(names(withoutFeatures()))
                .containsExactly(
                        "ServiceAccount/fraud-server",
                        "ConfigMap/fraud-serving",
                        "Deployment/fraud-server",
                        "Service/fraud",
                        "HorizontalPodAutoscaler/fraud-server",
                        "PodDisruptionBudget/fraud-server",
                        "NetworkPolicy/fraud-server");
        assertThat(names(Specs.plan("spec.features.store: {external: {address: 'redis://s:6379'}}")))
                .noneMatch(n -> n.endsWith("-store"));
        assertThat(names(Specs.plan("spec.network.policy: Disabled"))).noneMatch(n -> n.startsWith("NetworkPolicy"));
        assertThat(names(Specs.plan("- spec.features.groups[0]", "spec.features.vector: [profile.avg_30d_spend]")))
                .doesNotContain("Deployment/fraud-aggregator", "ServiceAccount/fraud-aggregator")
                .contains("ConfigMap/fraud-aggregator", "CronJob/fraud-profile-load");
        assertThat(names(Specs.plan("- spec.features.groups[1].batch.schedule")))
                .noneMatch(n -> n.startsWith("CronJob"));
        assertThat(names(Specs.plan("- spec.scaling"))).noneMatch(n -> n.matches("(Horizontal|PodDis).*"));
        assertThat(names(Specs.plan("spec.server.podTemplate.serviceAccountName: mine")))
                .doesNotContain("ServiceAccount/fraud-server");
    }

    @Test
    void everyObjectHasLabelsNamespaceAndOwner() {
        StackPlan plan = Specs.plan("metadata.uid: 1234");
        for (HasMetadata object : Resources.all(plan)) {
            assertThat(object.getMetadata().getLabels()).containsKey("app.kubernetes.io/component");
        }
        List<HasMetadata> all = Stream.concat(Resources.all(plan).stream(), Monitoring.of(plan).stream())
                .toList();
        for (HasMetadata object : all) {
            assertThat(object.getMetadata().getNamespace()).isEqualTo("payments");
            assertThat(object.getMetadata().getLabels())
                    .containsEntry("app.kubernetes.io/name", "millrace")
                    .containsEntry("app.kubernetes.io/managed-by", "millrace")
                    .containsEntry("app.kubernetes.io/instance", "fraud");
            assertThat(object.getMetadata().getOwnerReferences())
                    .singleElement()
                    .satisfies(o -> {
                        assertThat(o.getUid()).isEqualTo("1234");
                        assertThat(o.getKind()).isEqualTo("RealtimeModel");
                        assertThat(o.getController()).isTrue();
                    });
        }
    }

    /** Prometheus selects its objects by the user's labels; ours, by which objects are found and pruned, win. */
    @Test
    void monitoringObjectsCarryTheUsersLabelsAndOurs() {
        List<HasMetadata> objects = Monitoring.of(Specs.plan(
                "spec.monitoring.labels: {release: kube-prometheus-stack, app.kubernetes.io/instance: other}"));
        assertThat(objects)
                .extracting(o -> o.getKind() + "/" + o.getMetadata().getName())
                .containsExactly("PodMonitor/fraud", "PrometheusRule/fraud-slo");
        assertThat(objects).allSatisfy(o -> assertThat(o.getMetadata().getLabels())
                .containsEntry("release", "kube-prometheus-stack")
                .containsEntry("app.kubernetes.io/instance", "fraud"));
        assertThat(objects).allSatisfy(o -> assertThat(o.getMetadata().getOwnerReferences())
                .isEmpty());
    }

    @Test
    void suspendedKeepsOnlyTheStoreRunning() {
        StackPlan plan = Specs.plan("spec.suspend: true");
        assertThat(names(plan)).noneMatch(n -> n.matches("(Horizontal|PodDis).*"));
        assertThat(ServerDeployment.of(plan).getSpec().getReplicas()).isZero();
        assertThat(AggregatorDeployment.of(plan).getSpec().getReplicas()).isZero();
        assertThat(StoreStatefulSet.of(plan).getSpec().getReplicas()).isEqualTo(1);
        assertThat(Loaders.cronJobs(plan)).allMatch(c -> c.getSpec().getSuspend());
        assertThat(Loaders.firstJobs(plan)).allMatch(j -> j.getSpec().getSuspend());
    }

    @Test
    void replicasAreLeftToTheAutoscaler() {
        assertThat(ServerDeployment.of(Specs.plan()).getSpec().getReplicas()).isNull();
        StackPlan handOver =
                StackPlan.of(Specs.full(), PlanInputs.of(Specs.IMAGES).withKeepReplicas(3));
        assertThat(ServerDeployment.of(handOver).getSpec().getReplicas()).isEqualTo(3);
        StackPlan fixed = Specs.plan("- spec.scaling.maxReplicas");
        assertThat(ServerDeployment.of(fixed).getSpec().getReplicas()).isEqualTo(2);
        assertThat(ServerAutoscaler.of(fixed)).isNull();
    }

    @Test
    void autoscalerSaysWhy() {
        var autoscaler = ServerAutoscaler.of(Specs.plan());
        assertThat(autoscaler.getMetadata().getAnnotations().get("millrace.dev/rationale"))
                .contains(
                        "p99.9<=50ms",
                        "399 rps",
                        "2.88 in flight, at most 16 can finish in time",
                        "holds 64% CPU: 100*rho_t = 63.8 % of 4 inference threads");
        assertThat(autoscaler.getSpec().getMetrics()).singleElement().satisfies(m -> {
            assertThat(m.getContainerResource().getContainer()).isEqualTo("server");
            assertThat(m.getContainerResource().getTarget().getAverageUtilization())
                    .isEqualTo(64);
        });
        assertThat(autoscaler.getSpec().getBehavior().getScaleDown().getStabilizationWindowSeconds())
                .isEqualTo(300);
    }

    @Test
    void serverRollsWithoutLosingAReplicaAndOnEveryChangeOfItsDocument() {
        Deployment server = ServerDeployment.of(Specs.plan());
        assertThat(server.getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxUnavailable()
                        .getIntVal())
                .isZero();
        assertThat(hash(server)).isEqualTo(hash(ServerDeployment.of(Specs.plan("spec.scaling.maxReplicas: 9"))));
        assertThat(hash(server))
                .isNotEqualTo(hash(ServerDeployment.of(Specs.plan("spec.slo.latency.threshold: 60ms"))));
    }

    @Test
    void aBatchGroupsChangeRestartsNoStream() {
        String before = hash(AggregatorDeployment.of(Specs.plan()));
        assertThat(hash(AggregatorDeployment.of(Specs.plan("spec.features.groups[1].ttl: 40h"))))
                .isEqualTo(before);
        assertThat(hash(AggregatorDeployment.of(Specs.plan("spec.features.groups[0].ttl: 40d"))))
                .isNotEqualTo(before);
    }

    @Test
    void tilesOnDiskTakeAnotherImageABoundAndRoom() {
        StackPlan memory = Specs.plan();
        StackPlan disk = Specs.plan("spec.features.aggregator: {state: RocksDB, resources: {requests: {memory: 2Gi}}}");
        StackPlan room = Specs.plan("spec.features.aggregator: {state: RocksDB, resources: {limits: {memory: 2Gi,"
                + " ephemeral-storage: 40Gi}}}");

        assertThat(stateOf(memory)).isEqualTo(List.of("registry.example/millrace/millrace-aggregator:0.1.0", "1Gi"));
        assertThat(stateOf(disk))
                .isEqualTo(List.of("registry.example/millrace/millrace-aggregator-rocksdb:0.1.0", "20Gi"));
        assertThat(stateOf(room))
                .isEqualTo(List.of("registry.example/millrace/millrace-aggregator-rocksdb:0.1.0", "40Gi"));

        assertThat(memory.aggregatorConfig(Placement.kubernetes(memory)).rocksDb())
                .isNull();
        assertThat(AggregatorConfigMap.document(memory, g -> true))
                .as("a document that is as it was before")
                .doesNotContain("rocksDb");
        assertThat(disk.aggregatorConfig(Placement.kubernetes(disk)).rocksDb())
                .isEqualTo(new AggregatorConfig.RocksDb(614L << 20));
        assertThat(AggregatorConfigMap.document(disk, g -> true)).contains("\"rocksDb\"");
        assertThat(Loaders.firstJobs(disk)).allSatisfy(job -> assertThat(job.getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .get(0)
                        .getImage())
                .as("loaders keep no tiles")
                .endsWith("/millrace-aggregator:0.1.0"));
    }

    private static List<String> stateOf(StackPlan plan) {
        PodSpec pod = AggregatorDeployment.of(plan).getSpec().getTemplate().getSpec();
        return List.of(
                pod.getContainers().get(0).getImage(),
                pod.getVolumes().stream()
                        .filter(volume -> volume.getName().equals("state"))
                        .map(volume -> volume.getEmptyDir().getSizeLimit().toString())
                        .findFirst()
                        .orElse(""));
    }

    @Test
    void aLoadIsARunThatPodsOfItsJobGoOnWith() {
        Job job = Loaders.firstJobs(Specs.plan()).get(0);
        assertThat(job.getSpec().getCompletionMode()).isNull();
        Container loader = job.getSpec().getTemplate().getSpec().getContainers().get(0);
        assertThat(loader.getArgs()).endsWith("--run", "$(MILLRACE_RUN)");
        assertThat(loader.getEnv()).singleElement().satisfies(env -> assertThat(
                        env.getValueFrom().getFieldRef().getFieldPath())
                .isEqualTo("metadata.labels['batch.kubernetes.io/controller-uid']"));
    }

    @Test
    void workersAreAnIndexedJob() {
        StackPlan plan = Specs.plan("spec.features.groups[1].batch.parallelism: 3");
        for (JobSpec spec : List.of(
                Loaders.firstJobs(plan).get(0).getSpec(),
                Loaders.cronJobs(plan).get(0).getSpec().getJobTemplate().getSpec())) {
            assertThat(spec.getCompletionMode()).isEqualTo("Indexed");
            assertThat(spec.getCompletions()).isEqualTo(3);
            assertThat(spec.getParallelism()).isEqualTo(3);
            assertThat(spec.getTemplate().getSpec().getContainers().get(0).getArgs())
                    .endsWith("--workers", "3", "--index", "$(JOB_COMPLETION_INDEX)");
        }
    }

    @Test
    void filesFromElsewhereNeedAccessAndRoomAndNoVolume() {
        StackPlan plan = Specs.plan(
                "spec.features.groups[1].batch: {storageUri: 's3://features/profile/', format: parquet,"
                        + " storage: {secretRef: {name: s3-credentials}, endpoint: 'http://minio:9000', region: eu-west-1}}");
        FeatureGroup.Batch batch = plan.aggregatorConfig(Placement.kubernetes(plan))
                .groups()
                .get(1)
                .batch();
        assertThat(batch.path()).isEqualTo("s3://features/profile/");
        assertThat(batch.access())
                .isEqualTo(new FeatureGroup.Access("/etc/millrace/batch", "http://minio:9000", "eu-west-1"));
        assertThat(plan.servingConfig(Placement.kubernetes(plan))
                        .features()
                        .groups()
                        .get(1)
                        .batch()
                        .access())
                .as("how files are reached concerns no server")
                .isNull();
        PodSpec pod = Loaders.firstJobs(plan).get(0).getSpec().getTemplate().getSpec();
        assertThat(pod.getVolumes()).extracting(Volume::getName).containsExactly("config", "tmp", "scratch");
        assertThat(pod.getVolumes().get(0).getProjected().getSources())
                .extracting(VolumeProjection::getSecret)
                .filteredOn(secret -> secret != null && secret.getName().equals("s3-credentials"))
                .singleElement()
                .satisfies(secret -> {
                    assertThat(secret.getOptional())
                            .as("the loader says what it misses")
                            .isTrue();
                    assertThat(secret.getItems())
                            .extracting(KeyToPath::getPath)
                            .contains("batch/AWS_ACCESS_KEY_ID", "batch/token");
                });
        assertThat(pod.getVolumes().get(2).getEmptyDir().getSizeLimit().toString())
                .isEqualTo("20Gi");
    }

    @Test
    void aChangedBatchGroupIsAnotherFirstJob() {
        String before = Loaders.firstJobs(Specs.plan()).get(0).getMetadata().getName();
        assertThat(Loaders.firstJobs(Specs.plan("spec.features.groups[0].ttl: 40d"))
                        .get(0)
                        .getMetadata()
                        .getName())
                .isEqualTo(before);
        assertThat(Loaders.firstJobs(Specs.plan("spec.features.groups[1].batch.storageUri: pvc://profile/new.csv"))
                        .get(0)
                        .getMetadata()
                        .getName())
                .isNotEqualTo(before);
    }

    private static String hash(Deployment deployment) {
        return deployment.getSpec().getTemplate().getMetadata().getAnnotations().get("millrace.dev/config-hash");
    }

    @Test
    void podTemplateAddsAndNeverReplaces() {
        var template = ServerDeployment.of(Specs.plan()).getSpec().getTemplate();
        assertThat(template.getMetadata().getLabels())
                .containsEntry("team", "risk")
                .containsEntry("millrace.dev/variant", "stable");
        assertThat(template.getMetadata().getAnnotations()).containsEntry("example.com/note", "kept");
        assertThat(template.getSpec().getNodeSelector()).containsEntry("pool", "fast");
        assertThat(template.getSpec().getPriorityClassName()).isEqualTo("high");
        assertThat(template.getSpec().getTolerations()).hasSize(1);
    }

    @Test
    void secretsAreFilesOfTheConfigVolume() {
        List<VolumeProjection> sources = AggregatorDeployment.of(Specs.plan())
                .getSpec()
                .getTemplate()
                .getSpec()
                .getVolumes()
                .get(0)
                .getProjected()
                .getSources();
        Map<String, String> paths = new TreeMap<>();
        sources.stream().filter(s -> s.getSecret() != null).forEach(s -> s.getSecret()
                .getItems()
                .forEach(i -> paths.put(i.getPath(), s.getSecret().getName() + "/" + i.getKey())));
        assertThat(paths)
                .containsExactly(
                        Map.entry("kafka-ca/ca.crt", "kafka-ca/ca.crt"),
                        Map.entry("kafka-credentials/password", "kafka-user/password"),
                        Map.entry("kafka-credentials/username", "kafka-user/username"),
                        Map.entry("store/password", "fraud-store/password"));
        for (Container container : ServerDeployment.of(Specs.plan())
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()) {
            assertThat(container.getEnv()).allMatch(e -> e.getValueFrom() == null);
        }
    }

    @Test
    void storeTakesItsPasswordFromAFile() {
        StackPlan plan = Specs.plan();
        var secret = StoreSecret.of(plan, "abcdefghijklmnop1234");
        assertThat(new String(Base64.getDecoder().decode(secret.getData().get("auth.conf"))))
                .isEqualTo("requirepass abcdefghijklmnop1234\n");
        assertThat(new String(Base64.getDecoder().decode(secret.getData().get("password"))))
                .isEqualTo("abcdefghijklmnop1234");
        assertThatThrownBy(() -> StoreSecret.of(plan, "short")).isInstanceOf(IllegalArgumentException.class);
        assertThat(StoreSecret.of(withoutFeatures(), "abcdefghijklmnop1234")).isNull();
        Container store = StoreStatefulSet.of(plan)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
        assertThat(store.getCommand()).containsExactly("valkey-server");
        assertThat(store.getArgs()).containsExactly("/etc/millrace/store.conf");
        assertThat(StoreConfigMap.of(plan).getData().get("store.conf"))
                .contains("maxmemory 100663296\n", "maxmemory-policy noeviction\n", "save \"\"\n", "appendonly no\n")
                .contains("include /etc/millrace/auth.conf\n");
    }

    @Test
    void storeIsReachedByItsOwnStackOnly() {
        NetworkPolicy policy = NetworkPolicies.store(Specs.plan());
        assertThat(policy.getSpec().getIngress()).singleElement().satisfies(rule -> {
            assertThat(rule.getPorts())
                    .singleElement()
                    .satisfies(p -> assertThat(p.getPort().getIntVal()).isEqualTo(6379));
            assertThat(rule.getFrom()).hasSize(3).allSatisfy(peer -> {
                assertThat(peer.getNamespaceSelector()).isNull();
                assertThat(peer.getPodSelector().getMatchLabels()).containsEntry("app.kubernetes.io/instance", "fraud");
            });
        });
    }

    @Test
    void callersAreTheNamespaceOrWhomTheSpecAllows() {
        assertThat(NetworkPolicies.server(Specs.plan())
                        .getSpec()
                        .getIngress()
                        .get(0)
                        .getFrom())
                .singleElement()
                .satisfies(p -> assertThat(p.getPodSelector().getMatchLabels()).isNullOrEmpty());
        NetworkPolicy allowed = NetworkPolicies.server(
                Specs.plan("spec.network.allowFrom: [{namespaceSelector: {matchLabels: {team: shop}}}]"));
        assertThat(allowed.getSpec().getIngress().get(0).getFrom())
                .singleElement()
                .satisfies(p ->
                        assertThat(p.getNamespaceSelector().getMatchLabels()).containsEntry("team", "shop"));
    }

    @Test
    void baselineIsReadWhereTheModelLies() {
        Container server = ServerDeployment.of(Specs.plan())
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
        assertThat(server.getVolumeMounts()).anyMatch(m -> m.getMountPath().equals("/source") && m.getReadOnly());
        Container without = ServerDeployment.of(Specs.plan("- spec.monitoring.drift"))
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);
        assertThat(without.getVolumeMounts()).noneMatch(m -> m.getMountPath().equals("/source"));
    }
}
