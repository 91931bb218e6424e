package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig.HttpCache;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.PredictAnswer;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.PredictService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /v2/models/{model}/predictions/{entity}}: what a cache in front of the server may repeat. The path alone says what
 * is asked for, so there is nothing for {@code Vary} to name.
 */
final class RestPredictions {
    private final Served served;

    RestPredictions(Served served) {
        this.served = served;
    }

    void get(HttpServerRequest request, String entity) {
        PredictService service = served.predictService();
        HttpCache cache = served.config().httpCache();
        if (cache == null) {
            throw new CallException(
                    Kind.NOT_FOUND,
                    "GET of predictions is not served here: spec.cache.http is not set; POST predict is");
        }
        String query = request.query();
        if (query != null && !query.isEmpty()) {
            throw CallException.invalid("the query is not read: " + query + "; the path alone names a prediction");
        }
        Exchange exchange = new Exchange(served, "rest", request.getHeader(Served.WARMUP));
        request.response().closeHandler(v -> exchange.end(Outcome.ERROR));
        Future<PredictAnswer> answer;
        try {
            served.checkNotUnloaded(exchange);
            long begin = System.nanoTime();
            PredictCall call = new PredictCall(
                    "",
                    List.of(ids(service.keys(), entity)),
                    Map.of(),
                    List.of(),
                    false,
                    0,
                    request.getHeader("traceparent"),
                    exchange.startNanos(),
                    exchange.isWarmup());
            exchange.codecSince(begin);
            answer = service.get(exchange.version(), call);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        answer.onComplete(done -> {
            if (done.succeeded()) {
                send(request, exchange, cache, done.result());
            } else {
                CallException e = RestCalls.failure(done.cause());
                Replies.error(served, request, e)
                        .onComplete(v -> exchange.end(HttpError.of(e.kind()).outcome()));
            }
        });
    }

    private void send(HttpServerRequest request, Exchange exchange, HttpCache cache, PredictAnswer answer) {
        if (request.response().ended() || request.response().closed()) {
            exchange.end(Outcome.ERROR);
            return;
        }
        long encode = System.nanoTime();
        Validators validators = Validators.of(answer, System.currentTimeMillis());
        boolean unchanged = false;
        if (validators != null) {
            unchanged = validators.match(
                    request.headers().getAll(HttpHeaders.IF_NONE_MATCH),
                    request.getHeader(HttpHeaders.IF_MODIFIED_SINCE),
                    System.currentTimeMillis());
            request.response()
                    .putHeader(HttpHeaders.CACHE_CONTROL, control(cache))
                    .putHeader(HttpHeaders.ETAG, validators.tag())
                    .putHeader(HttpHeaders.LAST_MODIFIED, validators.lastModified());
        }
        Future<Void> sent;
        if (unchanged) {
            sent = Replies.notModified(served, request);
        } else {
            Buffer body = Buffer.buffer(PredictJson.encode(answer, false));
            if (request.method() == HttpMethod.HEAD) {
                request.response().putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
            }
            sent = Replies.send(served, request, 200, body);
        }
        exchange.codecSince(encode);
        sent.onComplete(v -> exchange.end(answer.outcome()));
    }

    private static String control(HttpCache cache) {
        String control = "public, max-age=" + cache.maxAgeMs() / 1_000;
        long stale = cache.staleWhileRevalidateMs() / 1_000;
        return stale == 0 ? control : control + ", stale-while-revalidate=" + stale;
    }

    /** One id as it stands; several joined by colons, a colon within an id being {@code %3A}. */
    static Map<String, Object> ids(List<String> keys, String entity) {
        String[] parts = keys.size() == 1 ? new String[] {entity} : entity.split(":", -1);
        if (keys.isEmpty()) {
            throw new CallException(Kind.NOT_FOUND, "this model has no entity: there is no prediction to name");
        }
        if (parts.length != keys.size()) {
            throw CallException.invalid("the path must end in " + String.join(":", keys) + ", " + keys.size()
                    + " ids joined by colons, has " + parts.length);
        }
        Map<String, Object> ids = new LinkedHashMap<>();
        try {
            for (int i = 0; i < parts.length; i++) {
                ids.put(keys.get(i), Call.decoded(parts[i]));
            }
        } catch (IllegalArgumentException e) {
            throw CallException.invalid("the path is not well encoded: " + entity);
        }
        return ids;
    }
}
