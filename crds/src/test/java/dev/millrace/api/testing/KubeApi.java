package dev.millrace.api.testing;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.KubeAPITestException;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * JUnit extension: one real etcd and kube-apiserver for the whole test run, the CRD installed. Tests take a
 * {@link KubernetesClient} as a parameter, or the {@link KubeAPIServer} to write a kubeconfig of. No controllers run there. Without binaries the tests are skipped with a line
 * that says how to get them; CI builds them first and fails on any skip.
 */
public final class KubeApi implements ParameterResolver {

    private static final String CRD = "/dev/millrace/api/realtimemodels.millrace.dev.yaml";
    private static final int START_TIMEOUT_MS = 120_000;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == KubernetesClient.class || type == KubeAPIServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Running running = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(KubeApi.class))
                .computeIfAbsent("server", key -> Running.start(), Running.class);
        return parameter.getParameter().getType() == KubeAPIServer.class ? running.server : running.client;
    }

    /** Ended by JUnit with the run; the processes are children of this JVM. */
    private record Running(KubeAPIServer server, KubernetesClient client) implements AutoCloseable {

        static Running start() {
            Optional<Path> binaries = KubeApiBinaries.find();
            KubeAPIServer server = started(binaries);
            KubernetesClient client = new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
                    .build();
            try (InputStream yaml = KubeApi.class.getResourceAsStream(CRD)) {
                CustomResourceDefinition crd =
                        client.getKubernetesSerialization().unmarshal(yaml, CustomResourceDefinition.class);
                client.resource(crd).create();
                client.resource(crd)
                        .waitUntilCondition(
                                c -> c != null
                                        && c.getStatus() != null
                                        && c.getStatus().getConditions() != null
                                        && c.getStatus().getConditions().stream()
                                                .anyMatch(x -> x.getType().equals("Established")
                                                        && x.getStatus().equals("True")),
                                30,
                                TimeUnit.SECONDS);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException e) {
                client.close();
                server.stop();
                throw e;
            }
            return new Running(server, client);
        }

        /** A first start on two busy cores may run into kube-api-test's timeout: one more try. */
        private static KubeAPIServer started(Optional<Path> binaries) {
            for (int attempt = 1; ; attempt++) {
                KubeAPIServer server = new KubeAPIServer(config(binaries).build());
                try {
                    NoonClock.run(server::start);
                    return server;
                } catch (KubeAPITestException e) {
                    server.stop();
                    if (binaries.isEmpty()) {
                        throw new TestAbortedException(
                                "no kube-apiserver here and none could be downloaded: run e2e/cluster/build,"
                                        + " or set KUBE_API_TEST_DIR",
                                e);
                    }
                    if (attempt == 2) {
                        throw e;
                    }
                }
            }
        }

        private static KubeAPIServerConfigBuilder config(Optional<Path> binaries) {
            KubeAPIServerConfigBuilder config = KubeAPIServerConfigBuilder.anAPIServerConfig()
                    .withUpdateKubeConfig(false)
                    .withStartupTimeout(START_TIMEOUT_MS);
            // the builder, because the variable KUBE_API_TEST_OFFLINE_MODE crashes kube-api-test 7.5
            binaries.ifPresent(dir -> config.withTestDir(dir.toString()).withOfflineMode(true));
            return config;
        }

        @Override
        public void close() {
            client.close();
            server.stop();
        }
    }
}
