package dev.millrace.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.status.ServerStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A pod's own words over a real socket, and whatever else may come from there. */
class StatusClientTest {

    private static final String POD = "127.0.0.1";
    private static final Duration PATIENT = Duration.ofSeconds(30);
    private static final Duration HASTY = Duration.ofMillis(300);
    private static final CountDownLatch NEVER = new CountDownLatch(1);
    private static final ServerStatus READY = FakePods.server("Ready", null, null, "7", "sha256:00");

    private final FakePods pods = new FakePods();

    @AfterEach
    void stop() {
        pods.close();
    }

    @Test
    void aReadyServerIsReadAsItSpeaks() throws Exception {
        pods.says(POD, READY);
        assertThat(ask(PATIENT)).contains(READY);
    }

    @Test
    void aFailedServerSaysWhy() throws Exception {
        ServerStatus failed = FakePods.server(
                "Failed", "ModelInvalid", "model.path: /models/model.onnx: not an ONNX model", "8", null);
        pods.says(POD, failed);
        assertThat(ask(PATIENT)).contains(failed);
    }

    @Test
    void aPodOfALaterReleaseIsUnderstood() throws Exception {
        String newer = Json.write(READY).replaceFirst("\\{", "{\"moreOfIt\": [1, 2],");
        pods.does(POD, exchange -> FakePods.reply(exchange, 200, newer));
        assertThat(ask(PATIENT)).contains(READY);
    }

    static Stream<Named<HttpHandler>> noStatus() {
        String huge = Json.write(FakePods.server("Ready", null, "x".repeat(4 << 20), "7", null));
        return Stream.of(
                reply("no JSON", 200, "<html>It works!</html>"),
                reply("another document", 200, "{\"status\": \"UP\"}"),
                reply("nothing", 200, ""),
                reply("null", 200, "null"),
                reply("an error", 500, Json.write(READY)),
                reply("not there", 404, Json.write(READY)),
                reply("a status that never ends", 200, huge));
    }

    @ParameterizedTest
    @MethodSource
    void noStatus(HttpHandler pod) throws Exception {
        pods.does(POD, pod);
        assertThat(ask(PATIENT)).isEmpty();
    }

    static Stream<Named<HttpHandler>> slow() {
        return Stream.of(Named.of("before the headers", exchange -> never()), Named.of("within the body", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            never();
        }));
    }

    @ParameterizedTest
    @MethodSource
    void slow(HttpHandler pod) throws Exception {
        pods.does(POD, pod);
        assertThat(ask(HASTY)).isEmpty();
    }

    @Test
    void nobodyListens() throws Exception {
        pods.close();
        assertThat(ask(PATIENT)).isEmpty();
    }

    /** Fails when there is no answer at all: a look at a stack would wait with it. */
    private Optional<ServerStatus> ask(Duration timeout) throws Exception {
        return new StatusClient(pods.port(), timeout)
                .ask(POD, ServerStatus.class)
                .get(2 * PATIENT.toSeconds(), TimeUnit.SECONDS);
    }

    private static Named<HttpHandler> reply(String name, int code, String body) {
        return Named.of(name, (HttpExchange exchange) -> FakePods.reply(exchange, code, body));
    }

    private static void never() {
        try {
            NEVER.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
