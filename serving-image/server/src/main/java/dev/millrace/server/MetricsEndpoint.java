package dev.millrace.server;

import dev.millrace.contract.config.Json;
import dev.millrace.contract.status.ThreadDump;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The metrics port: {@code /metrics}, {@code /millrace/status}, {@code /millrace/threads}, {@code /livez}, {@code /readyz}. */
final class MetricsEndpoint implements Handler<HttpServerRequest> {
    private final Parts parts;
    private final StatusReport report;
    private final ThreadDump threads = new ThreadDump();
    private final PrometheusTextFormatWriter text =
            PrometheusTextFormatWriter.builder().build();
    private final OpenMetricsTextFormatWriter openMetrics =
            OpenMetricsTextFormatWriter.builder().build();

    MetricsEndpoint(Parts parts) {
        this.parts = parts;
        this.report = new StatusReport(parts);
    }

    @Override
    public void handle(HttpServerRequest request) {
        switch (String.valueOf(request.path())) {
            case "/metrics" -> metrics(request);
            case "/millrace/status" -> reply(request, 200, "application/json", Json.write(report.now()));
            case "/millrace/threads" -> reply(request, 200, "text/plain", threads.text());
            case "/livez" -> reply(request, 200, "text/plain", "ok\n");
            case "/readyz" -> {
                boolean ready = parts.state().isReady();
                String why = parts.state().snapshot().phase() + "\n";
                reply(request, ready ? 200 : 503, "text/plain", ready ? "ok\n" : why);
            }
            default ->
                reply(
                        request,
                        404,
                        "text/plain",
                        "here are /metrics, /millrace/status, /millrace/threads, /livez and /readyz\n");
        }
    }

    private void metrics(HttpServerRequest request) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(16_384);
        String accept = request.getHeader("Accept");
        boolean open = openMetrics.accepts(accept);
        try {
            if (open) {
                openMetrics.write(
                        out, parts.state().version().metrics().registry().scrape());
            } else {
                text.write(out, parts.state().version().metrics().registry().scrape());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array takes every byte", e);
        }
        request.response()
                .putHeader("Content-Type", open ? openMetrics.getContentType() : text.getContentType())
                .end(Buffer.buffer(out.toByteArray()));
    }

    private static void reply(HttpServerRequest request, int status, String type, String body) {
        request.response().setStatusCode(status).putHeader("Content-Type", type).end(body);
    }
}
