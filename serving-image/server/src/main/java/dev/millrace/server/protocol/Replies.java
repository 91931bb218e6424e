package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;

/** Writes HTTP answers. */
final class Replies {
    private Replies() {}

    static Future<Void> json(Served served, HttpServerRequest request, int status, JsonObject body) {
        return send(served, request, status, body.toBuffer());
    }

    static Future<Void> send(Served served, HttpServerRequest request, int status, Buffer body) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return Future.succeededFuture();
        }
        response.setStatusCode(status).putHeader("Content-Type", "application/json");
        if (request.version() == HttpVersion.HTTP_1_1
                && (served.state().isDraining() || served.ages().isOver(request.connection()))) {
            // so that the caller's next request goes to another replica
            response.putHeader("Connection", "close");
        }
        return response.end(body);
    }

    static Future<Void> error(Served served, HttpServerRequest request, CallException e) {
        HttpError error = HttpError.of(e.kind());
        if (error.retry()) {
            request.response().putHeader("Retry-After", Long.toString(e.retryAfterSeconds()));
        }
        return error(served, request, error.status(), e.getMessage());
    }

    static Future<Void> error(Served served, HttpServerRequest request, int status, String message) {
        return json(served, request, status, new JsonObject().put("error", message));
    }
}
