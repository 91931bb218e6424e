package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.config.ServingConfig.EntityCache;
import dev.millrace.contract.config.ServingConfig.StreamInference;
import dev.millrace.contract.config.Store;
import dev.millrace.plan.AggregatorPlan;
import dev.millrace.plan.BatchPlan;
import dev.millrace.plan.FeaturesPlan;
import dev.millrace.plan.Placement;
import dev.millrace.plan.Source;
import dev.millrace.plan.StackPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a plan lie on this machine: addresses on the loopback interface, files beside the YAML.
 *
 * @param baseDir the YAML's directory: {@code configmap://name/key} is {@code baseDir/key}, {@code pvc://claim/path} is
 *     {@code baseDir/path}, the Secret of an sql group is the directory {@code baseDir/name}
 * @param kafka somebody's own, {@code host:port}; null = one is started on {@code brokerPort}
 */
record LocalLayout(
        StackPlan plan,
        Path baseDir,
        Path workDir,
        LocalOptions.Ports ports,
        int aggregatorMetricsPort,
        int storePort,
        int brokerPort,
        @Nullable String kafka) {

    static LocalLayout of(StackPlan plan, Path yaml, Path workDir, LocalOptions.Ports ports, @Nullable String kafka) {
        Path parent = yaml.toAbsolutePath().normalize().getParent();
        return new LocalLayout(
                plan,
                parent == null ? Path.of("/") : parent,
                workDir,
                ports,
                LocalOptions.free(),
                LocalOptions.free(),
                LocalOptions.free(),
                kafka);
    }

    boolean needsStore() {
        return plan.features() != null;
    }

    boolean needsKafka() {
        return !topics().isEmpty();
    }

    /** Of its own. */
    boolean startsBroker() {
        return needsKafka() && kafka == null;
    }

    boolean needsAggregator() {
        FeaturesPlan features = plan.features();
        return features != null && !features.streams().isEmpty();
    }

    boolean keepsTilesOnDisk() {
        FeaturesPlan features = plan.features();
        AggregatorPlan aggregator = features == null ? null : features.aggregator();
        return aggregator != null && aggregator.rocksDbBytes() != null;
    }

    /** Every topic that the stack reads or writes. */
    Set<String> topics() {
        Set<String> topics = new TreeSet<>();
        FeaturesPlan features = plan.features();
        if (features != null) {
            for (FeatureGroup group : features.streams()) {
                FeatureGroup.Stream stream = group.stream();
                if (stream != null) {
                    topics.add(stream.topic());
                    topics.add(stream.deadLetterTopic());
                }
            }
        }
        if (plan.logger() != null) {
            topics.add(plan.logger().topic());
        }
        EntityCache cache = plan.answers().entityCache();
        if (cache != null && cache.prewarm() != null) {
            topics.add(cache.prewarm().topic());
        }
        StreamInference scored = plan.streamInference();
        if (scored != null) {
            topics.add(scored.input());
            topics.add(scored.output());
            topics.add(scored.deadLetterTopic());
        }
        return topics;
    }

    /** Batch groups by name. */
    Map<String, BatchPlan> batches() {
        FeaturesPlan features = plan.features();
        return features == null ? Map.of() : features.batches();
    }

    Path modelFile() {
        return plan.model().source() instanceof Source.HttpsFile
                ? workDir.resolve("model.onnx")
                : file(plan.model().source(), "spec.model.storageUri");
    }

    Placement placement() {
        Map<String, String> batchPaths = new TreeMap<>();
        batches()
                .forEach((group, batch) -> batchPaths.put(
                        group, batchPath(batch.source(), "spec.features.groups[" + group + "].batch.storageUri")));
        Map<String, String> sqlDirs = new TreeMap<>();
        if (plan.features() != null) {
            plan.features().sqlSecrets().forEach((group, secret) -> sqlDirs.put(group, secretDir(group, secret)));
        }
        Path model = modelFile();
        Path modelDir = model.getParent();
        return new Placement(
                LocalOptions.HOST,
                ports.rest(),
                ports.grpc(),
                ports.metrics(),
                aggregatorMetricsPort,
                new Store("redis://" + LocalOptions.HOST + ":" + storePort, null, null, null),
                model.toString(),
                modelDir == null ? null : modelDir.toString(),
                batchPaths,
                sqlDirs,
                workDir.resolve("state").toString(),
                null,
                null,
                bootstrapServers());
    }

    String bootstrapServers() {
        return kafka == null ? LocalOptions.HOST + ":" + brokerPort : kafka;
    }

    /** Files, directories and patterns beside the YAML; what is at an address is read from there. */
    private String batchPath(Source source, String field) {
        String address = source.address();
        if (address != null) {
            return address;
        }
        return source instanceof Source.ClaimFile claim && claim.path().matches(".*[*?\\[{].*")
                ? baseDir.resolve(claim.path()).toString()
                : file(source, field).toString();
    }

    private String secretDir(String group, String secret) {
        Path dir = baseDir.resolve(secret);
        if (!Files.isDirectory(dir)) {
            throw new InputException(
                    "spec.features.groups[" + group + "].sql.secretRef: a local run reads the Secret from the"
                            + " directory " + dir
                            + ", a file for each key, which does not exist; write the file uri there, with"
                            + " postgresql://user:password@host:port/database");
        }
        return dir.toString();
    }

    private Path file(Source source, String field) {
        Path file;
        if (source instanceof Source.ConfigMapFile configMap) {
            file = baseDir.resolve(configMap.key());
        } else if (source instanceof Source.ClaimFile claim) {
            file = baseDir.resolve(claim.path());
        } else {
            throw new InputException(
                    field + ": a local run reads this from a file beside the YAML; put it there and say"
                            + " configmap://<name>/<file>");
        }
        if (!Files.exists(file)) {
            throw new InputException(field + ": a local run reads this from " + file + ", which does not exist");
        }
        return file;
    }
}
