package dev.millrace.cli.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks a process how it is. */
final class Probe {
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    /** Whether {@code /readyz} answers 200. */
    boolean isReady(int metricsPort) {
        HttpResponse<String> response = get(metricsPort, "/readyz");
        return response != null && response.statusCode() == 200;
    }

    /** The body of {@code /millrace/status}; empty when it does not answer. */
    String status(int metricsPort) {
        HttpResponse<String> response = get(metricsPort, "/millrace/status");
        return response == null ? "" : response.body();
    }

    private @Nullable HttpResponse<String> get(int port, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + LocalOptions.HOST + ":" + port + path))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
