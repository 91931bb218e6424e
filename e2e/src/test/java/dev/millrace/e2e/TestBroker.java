package dev.millrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** The Kafka broker that stands in for a user's own cluster, as Service {@code kafka}. */
final class TestBroker {
    private static final String NAME = "kafka";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Cluster cluster;

    TestBroker(Cluster cluster) {
        this.cluster = cluster;
    }

    void deploy(Settings settings) {
        String yaml;
        try {
            yaml = Files.readString(settings.root().resolve("e2e/manifests/broker.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        yaml = yaml.replace("${IMAGE_PREFIX}", settings.imagePrefix());
        List<String> parts = List.of(yaml.split("(?m)^---$"));
        // the Service first: clients are told its address, which only the cluster knows
        cluster.apply(parts.get(0));
        cluster.apply(parts.get(1).replace("${CLUSTER_IP}", cluster.address(NAME)));
        awaitReady();
    }

    /** For clients outside of the cluster. */
    String bootstrapServers() {
        return cluster.address(NAME) + ":9092";
    }

    /** Takes the broker away, with all that it holds. */
    void stop() {
        scale(0);
        Waiting.until("the broker is gone", PATIENCE, () -> cluster.client()
                .pods()
                .inNamespace(cluster.namespace())
                .withLabel("app", NAME)
                .list()
                .getItems()
                .isEmpty());
    }

    void startAgain() {
        scale(1);
        awaitReady();
    }

    private void scale(int replicas) {
        cluster.client()
                .apps()
                .deployments()
                .inNamespace(cluster.namespace())
                .withName(NAME)
                .scale(replicas);
    }

    private void awaitReady() {
        Waiting.until("the broker is ready", PATIENCE, () -> Integer.valueOf(1)
                .equals(cluster.client()
                        .apps()
                        .deployments()
                        .inNamespace(cluster.namespace())
                        .withName(NAME)
                        .require()
                        .getStatus()
                        .getReadyReplicas()));
    }
}
