package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Calls a server over real sockets. */
final class Caller implements AutoCloseable {
    /** Longer than any answer takes on a machine that is busy. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final Vertx vertx = Vertx.vertx();
    private final GrpcClient grpc = GrpcClient.client(vertx);
    private final Ports ports;

    Caller(Ports ports) {
        this.ports = ports;
    }

    record Reply(int status, JsonObject body, HttpResponse<String> response) {}

    /** A gRPC answer: a message, or a status other than OK. */
    record GrpcReply<T>(GrpcStatus status, String message, T answer) {}

    Reply post(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.rest() + path))
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length == 0) {
            request.header("Content-Type", "application/json");
        } else {
            request.headers(headers);
        }
        return reply(request.build());
    }

    Reply get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.rest() + path))
                .timeout(PATIENCE);
        return reply((headers.length == 0 ? request : request.headers(headers)).build());
    }

    private Reply reply(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        String text = response.body();
        return new Reply(
                response.statusCode(), text.startsWith("{") ? new JsonObject(text) : new JsonObject(), response);
    }

    Reply predict(String customer, double amount) throws IOException, InterruptedException {
        return post(
                "/v2/models/fraud/predict",
                new JsonObject()
                        .put("id", "x")
                        .put("entities", new JsonArray().add(new JsonObject().put("customer_id", customer)))
                        .put("inputs", new JsonObject().put("amount", amount))
                        .put("explain", true)
                        .toString());
    }

    static JsonObject prediction(Reply reply) {
        return reply.body().getJsonArray("predictions").getJsonObject(0);
    }

    static String text(Reply reply, String... path) {
        JsonObject at = prediction(reply);
        for (int i = 0; i < path.length - 1; i++) {
            at = at.getJsonObject(path[i]);
        }
        return String.valueOf(at.getValue(path[path.length - 1]));
    }

    String metricsPort(String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.metrics() + path))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    JsonObject status() throws IOException, InterruptedException {
        return new JsonObject(metricsPort("/millrace/status"));
    }

    /** Sum over all series of the metric whose line contains every one of {@code labels}. */
    double metric(String name, String... labels) throws IOException, InterruptedException {
        return metricsPort("/metrics")
                .lines()
                .filter(l -> l.startsWith(name + "{"))
                .filter(l -> java.util.Arrays.stream(labels).allMatch(l::contains))
                .mapToDouble(l -> Double.parseDouble(l.substring(l.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** A call is counted once its answer is sent, so a caller that has it may be a moment ahead. */
    void awaitMetric(double expected, String name, String... labels) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(metric(name, labels))
                .as("%s %s", name, List.of(labels))
                .isEqualTo(expected));
    }

    void awaitAtLeast(double expected, String name, String... labels) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(metric(name, labels))
                .as("%s %s", name, List.of(labels))
                .isGreaterThanOrEqualTo(expected));
    }

    void awaitState(String state) {
        long begin = System.nanoTime();
        Awaitility.await()
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> status().getString("state").equals(state));
        System.out.printf("%s after %.0f ms%n", state, (System.nanoTime() - begin) / 1e6);
    }

    <Q extends Message, A extends Message> GrpcReply<A> grpc(String service, String method, Q request, A prototype)
            throws Exception {
        ServiceMethod<A, Q> serviceMethod = ServiceMethod.client(
                ServiceName.create(service),
                method,
                GrpcMessageEncoder.encoder(),
                GrpcMessageDecoder.decoder(prototype));
        Future<GrpcReply<A>> reply = grpc.request(
                        SocketAddress.inetSocketAddress(ports.grpc(), "127.0.0.1"), serviceMethod)
                .compose(call -> {
                    call.end(request);
                    // nested: a step added from this thread could miss the end of an early answer
                    return call.response()
                            .compose(response -> response.status() != null && response.status() != GrpcStatus.OK
                                    ? Future.succeededFuture(
                                            new GrpcReply<>(response.status(), response.statusMessage(), prototype))
                                    : response.last()
                                            .map(answer -> new GrpcReply<>(GrpcStatus.OK, "", answer))
                                            .recover(e -> response.end()
                                                    .map(v -> new GrpcReply<>(
                                                            response.status(), response.statusMessage(), prototype))));
                });
        return reply.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Any method, with a body that says it is JSON. */
    Reply send(HttpMethod method, String path, String body) throws IOException, InterruptedException {
        return reply(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.rest() + path))
                .timeout(PATIENCE)
                .method(method.name(), HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build());
    }

    /** The kind of POST that a fuzzer would send. */
    int rawStatus(HttpMethod method, String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.rest() + path))
                                .method(method.name(), HttpRequest.BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    @Override
    public void close() {
        vertx.close();
    }
}
