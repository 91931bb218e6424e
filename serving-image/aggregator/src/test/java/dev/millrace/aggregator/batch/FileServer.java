package dev.millrace.aggregator.batch;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A web server that knows ranges, and breaks off as often as it is told to. */
final class FileServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, String> tags = new ConcurrentHashMap<>();
    /** One line for each request: path, Range, conditions, Authorization. */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());

    /** So many answers end in the middle. */
    final AtomicInteger breaksOff = new AtomicInteger();

    /** What is done after each broken answer. */
    Runnable afterwards = () -> {};

    /** Whether If-Match is understood: many servers of files do not. */
    boolean knowsConditions = true;

    @Nullable
    String wants;

    FileServer(@Nullable SSLContext tls) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (tls == null) {
            server = HttpServer.create(address, 0);
        } else {
            HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(tls));
            server = secure;
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void put(String path, byte[] content, String tag) {
        files.put(path, content);
        tags.put(path, tag);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getRequestHeaders();
            asked.add(String.join(
                    " ",
                    exchange.getRequestURI().toString(),
                    String.valueOf(headers.getFirst("Range")),
                    String.valueOf(headers.getFirst("If-Match")),
                    String.valueOf(headers.getFirst("Authorization"))));
            String path = exchange.getRequestURI().getPath();
            byte[] content = files.get(exchange.getRequestURI().toString());
            if (content == null) {
                content = files.get(path);
            }
            if (wants != null && !wants.equals(headers.getFirst("Authorization"))) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            String tag = tags.getOrDefault(path, "");
            if (!tag.isEmpty()) {
                exchange.getResponseHeaders().set("ETag", tag);
            }
            send(exchange, content, tag);
        }
    }

    private void send(HttpExchange exchange, byte[] content, String tag) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        String match = headers.getFirst("If-Match");
        if (tag.equals(headers.getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        if (knowsConditions && match != null && !match.equals(tag)) {
            exchange.sendResponseHeaders(412, -1);
            return;
        }
        String range = headers.getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (from >= content.length && range != null) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        byte[] rest = Arrays.copyOfRange(content, from, content.length);
        exchange.sendResponseHeaders(range == null ? 200 : 206, rest.length);
        if (breaksOff.getAndDecrement() > 0) {
            exchange.getResponseBody().write(rest, 0, rest.length / 2);
            exchange.getResponseBody().flush();
            afterwards.run();
            return; // closing ends the connection
        }
        exchange.getResponseBody().write(rest);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
