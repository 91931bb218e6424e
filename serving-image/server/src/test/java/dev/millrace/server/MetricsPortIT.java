package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.store.BatchRun;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the metrics port tells beyond the requests. */
class MetricsPortIT {
    @TempDir
    Path dir;

    @Test
    void tellsOfTheLastBatchRunAndOfItsThreads() throws Exception {
        try (TestStore store = TestStore.start(dir, TestStore.freePort())) {
            store.batchRun(new BatchRun("profile", 1_000, 2_000, 990, 4, 6, 900L, null));
            ServingConfig config = Specs.config(
                    Specs.features(store.address(), Specs.purchases("Default", "Serve")), null, null, null);
            ModelServer server = ModelServer.start(config);
            try (Caller caller = new Caller(server.ports())) {
                caller.awaitState("Ready");
                assertThat(rows(caller, "written")).isEqualTo(990);
                assertThat(rows(caller, "superseded")).isEqualTo(4);
                assertThat(rows(caller, "rejected")).isEqualTo(6);
                store.batchRun(new BatchRun("profile", 3_000, 4_000, 1_000, 0, 0, 2_900L, null));
                Awaitility.await("the next run")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> rows(caller, "written") == 1_000 && rows(caller, "rejected") == 0);

                HttpResponse<String> threads = get(server.ports().metrics(), "/millrace/threads");
                assertThat(threads.statusCode()).isEqualTo(200);
                assertThat(threads.body()).contains("\"vert.x-eventloop-thread-", "    at ");
                assertThat(get(server.ports().rest(), "/millrace/threads").statusCode())
                        .as("callers do not see it")
                        .isEqualTo(404);
            } finally {
                server.stop();
            }
        }
    }

    private static double rows(Caller caller, String result) throws Exception {
        return caller.metric("millrace_batch_rows", "group=\"profile\"", "result=\"" + result + "\"");
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
