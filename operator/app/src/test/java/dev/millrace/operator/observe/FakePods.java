package dev.millrace.operator.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.status.ServerStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Answers {@code /millrace/status} over real sockets as pods do: on one port, each at an address of its own (127.0.0.x). */
public final class FakePods implements AutoCloseable {

    private static final int NOT_FOUND = 404;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, HttpHandler> pods = new ConcurrentHashMap<>();

    public FakePods() {
        try {
            server = HttpServer.create(new InetSocketAddress(0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/millrace/status", exchange -> pods.getOrDefault(
                        exchange.getLocalAddress().getAddress().getHostAddress(), x -> reply(x, NOT_FOUND, ""))
                .handle(exchange));
        server.setExecutor(threads);
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** From now on this pod says so. */
    public void says(String ip, Object status) {
        String body = Json.write(status);
        does(ip, exchange -> reply(exchange, 200, body));
    }

    void does(String ip, HttpHandler handler) {
        pods.put(ip, handler);
    }

    static void reply(HttpExchange exchange, int code, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(code, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** What a server says that serves, or cannot serve, a version. */
    public static ServerStatus server(
            String state, @Nullable String reason, @Nullable String message, String version, @Nullable String digest) {
        // read instead of constructed, as what an older server leaves out would be
        return Json.readStatus(
                Json.write(new Said(state, reason, message, "fraud", version, digest, "CPU")), ServerStatus.class);
    }

    private record Said(
            String state,
            @Nullable String reason,
            @Nullable String message,
            String model,
            String version,
            @Nullable String digest,
            @Nullable String executionProvider) {}

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
