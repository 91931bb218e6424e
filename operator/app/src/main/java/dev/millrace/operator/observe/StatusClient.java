package dev.millrace.operator.observe;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a pod for its {@code /millrace/status}. No answer is an answer too: empty. */
public final class StatusClient {

    private static final Logger LOG = LoggerFactory.getLogger(StatusClient.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final int port;

    /** @param port metrics port of the pods */
    public StatusClient(int port) {
        this.port = port;
    }

    /** Never completes exceptionally. */
    <T> CompletableFuture<Optional<T>> ask(String podIp, Class<T> type) {
        String host = podIp.contains(":") ? "[" + podIp + "]" : podIp;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/millrace/status"))
                .timeout(TIMEOUT)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .thenApply(response -> response.statusCode() == 200
                        ? Optional.of(Json.readStatus(response.body(), type))
                        : Optional.<T>empty())
                .exceptionally(e -> {
                    Throwable cause = e.getCause() == null ? e : e.getCause();
                    if (cause instanceof ConfigException) {
                        LOG.warn("status of {} cannot be read: {}", request.uri(), cause.getMessage());
                    } else {
                        LOG.debug("no status from {}", request.uri(), cause);
                    }
                    return Optional.empty();
                });
    }
}
