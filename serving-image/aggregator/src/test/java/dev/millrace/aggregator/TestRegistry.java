package dev.millrace.aggregator;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry, as far as readers ask one: the answers of Confluent's interface to {@code GET /schemas/ids/{id}} and
 * {@code GET /subjects/{subject}/versions/{version}}, over HTTP. A registry of somebody else's would have to be downloaded
 * with its server, some 100 MB, to give the same two answers.
 */
public final class TestRegistry implements AutoCloseable {
    /** What {@code subject}'s version 1 is called by the schema that refers to it. */
    public record Reference(String name, String subject) {}

    private final JsonMapper json = new JsonMapper();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final @Nullable String authorization;
    private final HttpServer server;

    /** @param credentials {@code user:password} that it wants; null = none */
    public TestRegistry(int port, @Nullable String credentials) {
        this.authorization =
                credentials == null ? null : "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public TestRegistry() {
        this(0, null);
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public int questions() {
        return questions.get();
    }

    /** @param type null as for Avro, whose answers have none */
    public void schema(int id, @Nullable String type, String text, Reference... references) {
        answers.put("/schemas/ids/" + id, body(type, text, List.of(references)));
    }

    public void subject(String subject, @Nullable String type, String text, Reference... references) {
        answers.put("/subjects/" + subject + "/versions/1", body(type, text, List.of(references)));
    }

    private String body(@Nullable String type, String text, List<Reference> references) {
        ObjectNode body = json.createObjectNode().put("schema", text);
        if (type != null) {
            body.put("schemaType", type);
        }
        if (!references.isEmpty()) {
            ArrayNode list = body.putArray("references");
            references.forEach(r -> list.addObject()
                    .put("name", r.name())
                    .put("subject", r.subject())
                    .put("version", 1));
        }
        return body.toString();
    }

    private void answer(HttpExchange exchange) throws IOException {
        questions.incrementAndGet();
        String body = answers.get(exchange.getRequestURI().getRawPath());
        int status = body == null ? 404 : 200;
        if (authorization != null
                && !authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            status = 401;
        }
        byte[] bytes = (status == 200 && body != null
                        ? body
                        : "{\"error_code\":" + status + "03,\"message\":\"Schema not found\"}")
                .getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
