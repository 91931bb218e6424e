package dev.millrace.operator.observe;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a pod for its {@code /millrace/status}. No answer is an answer too: empty. */
public final class StatusClient {

    private static final Logger LOG = LoggerFactory.getLogger(StatusClient.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** A status has a few kilobytes. */
    private static final int MAX_BYTES = 1 << 20;

    private final HttpClient http;
    private final int port;
    private final Duration timeout;

    /** @param port metrics port of the pods */
    public StatusClient(int port) {
        this(port, TIMEOUT);
    }

    StatusClient(int port, Duration timeout) {
        this.port = port;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** Never completes exceptionally, and always within the timeout. */
    <T> CompletableFuture<Optional<T>> ask(String podIp, Class<T> type) {
        String host = podIp.contains(":") ? "[" + podIp + "]" : podIp;
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + port + "/millrace/status"))
                .timeout(timeout)
                .build();
        CompletableFuture<HttpResponse<String>> call = http.sendAsync(request, info -> new BoundedBody(MAX_BYTES));
        return call.thenApply(response -> response.statusCode() == HttpURLConnection.HTTP_OK
                        ? Optional.of(Json.readStatus(response.body(), type))
                        : Optional.<T>empty())
                // the request's own timeout ends with the headers; a body that trickles would hold the look for ever
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(e -> {
                    call.cancel(true);
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
