package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;

/** Writes HTTP answers. */
final class Replies {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final CharSequence BYTES = HttpHeaders.createOptimized("application/octet-stream");

    private Replies() {}

    static Future<Void> json(Served served, HttpServerRequest request, int status, JsonObject body) {
        return send(served, request, status, body.toBuffer());
    }

    static Future<Void> send(Served served, HttpServerRequest request, int status, Buffer body) {
        return send(served, request, status, body, JSON);
    }

    /** An answer whose first {@code jsonLength} bytes are JSON and the rest tensors. */
    static Future<Void> binary(Served served, HttpServerRequest request, Buffer body, int jsonLength) {
        if (!request.response().ended()) {
            request.response().putHeader(BinaryData.HEADER, String.valueOf(jsonLength));
        }
        return send(served, request, 200, body, BYTES);
    }

    private static Future<Void> send(
            Served served, HttpServerRequest request, int status, Buffer body, CharSequence type) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, type);
        lastIfLeaving(served, request);
        return response.end(body);
    }

    /** The asker has the answer; its headers say so. */
    static Future<Void> notModified(Served served, HttpServerRequest request) {
        request.response().setStatusCode(304);
        lastIfLeaving(served, request);
        return request.response().end();
    }

    private static void lastIfLeaving(Served served, HttpServerRequest request) {
        if (served.state().isDraining() || served.ages().isOver(request.connection())) {
            // so that the caller's next request goes to another replica
            last(request);
        }
    }

    /** No further request on this connection. HTTP/2 has GOAWAY for that, and forbids the header (RFC 9113, 8.2.2). */
    static void last(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader("Connection", "close");
        }
    }

    static Future<Void> error(Served served, HttpServerRequest request, CallException e) {
        HttpError error = HttpError.of(e.kind());
        if (error.retry()) {
            request.response().putHeader("Retry-After", Long.toString(e.retryAfterSeconds()));
        }
        return error(served, request, error.status(), e.getMessage());
    }

    static Future<Void> error(Served served, HttpServerRequest request, int status, String message) {
        // by hand: a message may quote half a surrogate pair, which a generator refuses to write
        JsonWriter json = new JsonWriter(64 + message.length())
                .raw("{\"error\":")
                .string(message)
                .raw('}');
        return send(served, request, status, Buffer.buffer(json.length()).appendBytes(json.array(), 0, json.length()));
    }
}
