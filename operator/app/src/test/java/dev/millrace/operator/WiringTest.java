package dev.millrace.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The application as Quarkus puts it together: configuration, controller, health, metrics. One test, because it is slow. */
@QuarkusTest
@WithKubernetesTestServer
class WiringTest {

    @Inject
    @SuppressWarnings("NullAway.Init")
    Operator operator;

    @Inject
    @SuppressWarnings("NullAway.Init")
    ImageResolver images;

    @TestHTTPResource("/")
    @SuppressWarnings("NullAway.Init")
    URI root;

    @Test
    void theControllerRunsAsAnnotatedAndTellsOfItself() throws Exception {
        operator.start();
        try {
            assertThat(operator.getRegisteredControllersNumber()).isEqualTo(1);
            ControllerConfiguration<?> controller =
                    operator.getRegisteredControllers().iterator().next().getConfiguration();
            assertThat(controller.getName()).isEqualTo("millrace");
            assertThat(controller.fieldManager()).isEqualTo("millrace");
            // the cures of java-operator-sdk 5.3.2, as Quarkus' build step has read them
            assertThat(controller.getInformerConfig().isComparableResourceVersions())
                    .isFalse();
            assertThat(controller.maxReconciliationInterval()).contains(Duration.ofMinutes(5));
            assertThat(controller.isGenerationAware()).isFalse();
            assertThat(controller.getRetry()).isInstanceOfSatisfying(GenericRetry.class, retry -> {
                assertThat(retry.getInitialInterval()).isEqualTo(1000);
                assertThat(retry.getIntervalMultiplier()).isEqualTo(1.5);
                assertThat(retry.getMaxInterval()).isEqualTo(60_000);
                assertThat(retry.getMaxAttempts()).isEqualTo(-1);
            });
            assertThat(images.resolve(Samples.fraud("fraud")).store()).isEqualTo("valkey/valkey:8.1");
            Eventually.that("readiness", () -> get("q/health/ready").statusCode() == 200);
            assertThat(get("q/health/live").statusCode()).isEqualTo(200);
            assertThat(get("q/metrics").body()).contains("reconciliations_", "custom_resources");
        } finally {
            operator.stop();
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(root.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
