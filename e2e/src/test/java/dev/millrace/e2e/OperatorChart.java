package dev.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operator, installed by its chart, in a namespace that enforces Pod Security {@code restricted}. */
final class OperatorChart {
    private static final String NAMESPACE = "millrace-system";
    private static final String RELEASE = "millrace";
    private static final String CRD = "realtimemodels.millrace.dev";
    private static final String ACCOUNT = "system:serviceaccount:" + NAMESPACE + ":millrace-operator";

    private final KubernetesClient client;
    private final Settings settings;
    private final Helm helm;

    OperatorChart(KubernetesClient client, Settings settings) {
        this.client = client;
        this.settings = settings;
        this.helm = new Helm(settings.helm());
    }

    void install() {
        client.resource(Cluster.ours(NAMESPACE)).serverSideApply();
        String prefix = settings.imagePrefix();
        long start = System.nanoTime();
        helm.run(
                "install",
                RELEASE,
                settings.root().resolve("helm/millrace").toString(),
                "--namespace=" + NAMESPACE,
                "--set=image.repository=" + prefix + "/millrace-operator",
                "--set=operands.server.image.repository=" + prefix + "/millrace-server",
                "--set=operands.aggregator.image.repository=" + prefix + "/millrace-aggregator",
                "--set=operands.aggregatorRocksDb.image.repository=" + prefix + "/millrace-aggregator-rocksdb",
                "--set=operands.store.image.repository=" + prefix + "/millrace-e2e-store",
                "--set=operands.store.image.tag=0.1.0",
                "--set=operands.store.command={redis-server}",
                "--wait",
                "--timeout=180s");
        Waiting.say("helm install, operator ready after %.1f s", (System.nanoTime() - start) / 1e9);
    }

    /** A release with the same values and one harmless difference, which replaces the operator's pod. */
    void upgrade() {
        long start = System.nanoTime();
        helm.run(
                "upgrade",
                RELEASE,
                settings.root().resolve("helm/millrace").toString(),
                "--namespace=" + NAMESPACE,
                "--reuse-values",
                "--set=podAnnotations.upgraded=yes",
                "--wait",
                "--timeout=180s");
        Waiting.say("helm upgrade, operator ready after %.1f s", (System.nanoTime() - start) / 1e9);
    }

    void uninstall() {
        Cluster.requireOurs(client, NAMESPACE);
        helm.run("uninstall", RELEASE, "--namespace=" + NAMESPACE, "--ignore-not-found", "--wait");
        Waiting.until("no operator pod", Duration.ofMinutes(1), () -> pods().isEmpty());
    }

    List<Pod> pods() {
        return client.pods()
                .inNamespace(NAMESPACE)
                .withLabel("app.kubernetes.io/component", "operator")
                .list()
                .getItems();
    }

    Pod pod() {
        assertThat(pods()).hasSize(1);
        return pods().get(0);
    }

    @Nullable
    CustomResourceDefinition definition() {
        return client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .withName(CRD)
                .get();
    }

    void printLog() {
        for (Pod pod : pods()) {
            System.out.println("--- log of " + pod.getMetadata().getName());
            System.out.println(client.pods().resource(pod).tailingLines(60).getLog());
        }
    }

    /** By the API server's audit log, where the tests can read it: the chart grants all that the operator asks for. */
    void assertNothingRefused() {
        if (settings.auditLog().isEmpty()) {
            Waiting.say("this cluster's audit log is not ours to read: refusals are not checked");
            return;
        }
        ObjectMapper mapper = new ObjectMapper();
        List<String> refused = new ArrayList<>();
        int seen = 0;
        try (BufferedReader log = Files.newBufferedReader(settings.auditLog().get())) {
            for (String line = log.readLine(); line != null; line = log.readLine()) {
                if (!line.contains(ACCOUNT)) {
                    continue;
                }
                JsonNode event = mapper.readTree(line);
                if (!event.path("user").path("username").asText().equals(ACCOUNT)) {
                    continue;
                }
                seen++;
                if (event.path("responseStatus").path("code").asInt() == 403) {
                    refused.add(event.path("verb").asText() + " "
                            + event.path("requestURI").asText());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waiting.say("the operator made %d requests", seen);
        assertThat(seen).isPositive();
        assertThat(refused.stream().distinct()).isEmpty();
    }
}
