package dev.millrace.server.protocol;

import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.InferCall;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.PredictService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two POST calls: body in, pipeline, answer out, counted. */
final class RestCalls {
    private static final Logger LOG = LoggerFactory.getLogger(RestCalls.class);

    private final Served served;

    /** An encoded answer and how it counts. */
    private record Answer(Buffer body, Outcome outcome) {}

    RestCalls(Served served) {
        this.served = served;
    }

    void infer(HttpServerRequest request) {
        exchange(request, (body, exchange) -> {
            long begin = System.nanoTime();
            InferCall call = InferJson.decode(body, exchange.startNanos(), exchange.isWarmup());
            exchange.codecSince(begin);
            return served.infer().infer(exchange.version(), call).map(outputs -> {
                long encode = System.nanoTime();
                byte[] text = InferJson.encode(
                        served.config().name(), exchange.version().name(), call.id(), outputs);
                exchange.codecSince(encode);
                return new Answer(Buffer.buffer(text), Outcome.OK);
            });
        });
    }

    void predict(HttpServerRequest request) {
        PredictService service = served.predictService();
        String traceparent = request.getHeader("traceparent");
        exchange(request, (body, exchange) -> {
            long begin = System.nanoTime();
            PredictCall call = PredictJson.decode(body, traceparent, exchange.startNanos(), exchange.isWarmup());
            exchange.codecSince(begin);
            return service.predict(exchange.version(), call).map(answer -> {
                long encode = System.nanoTime();
                byte[] text = PredictJson.encode(answer, call.explain());
                exchange.codecSince(encode);
                return new Answer(Buffer.buffer(text), answer.outcome());
            });
        });
    }

    private void exchange(HttpServerRequest request, BiFunction<byte[], Exchange, Future<Answer>> call) {
        Exchange exchange = new Exchange(served, "rest", request.getHeader(Served.WARMUP));
        // a caller that goes away must not be under way for ever; what it was sent before counts first
        request.response().closeHandler(v -> exchange.end(Outcome.ERROR));
        if (!isJson(request)) {
            refuse(request, exchange, 415, "Content-Type: must be application/json");
            return;
        }
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() + part.length() > Served.MAX_BODY) {
                request.handler(null);
                request.endHandler(null);
                refuse(request, exchange, 413, "the body is longer than " + Served.MAX_BODY + " bytes");
            } else {
                body.appendBuffer(part);
            }
        });
        request.exceptionHandler(e -> exchange.end(Outcome.INVALID));
        request.endHandler(v -> answer(request, exchange, body, call));
    }

    private void answer(
            HttpServerRequest request,
            Exchange exchange,
            Buffer body,
            BiFunction<byte[], Exchange, Future<Answer>> call) {
        Future<Answer> answer;
        try {
            answer = call.apply(body.getBytes(), exchange);
        } catch (CallException e) {
            answer = Future.failedFuture(e);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        answer.onComplete(done -> {
            if (done.succeeded()) {
                Outcome outcome = done.result().outcome();
                Replies.send(served, request, 200, done.result().body()).onComplete(v -> exchange.end(outcome));
            } else {
                CallException e = failure(done.cause());
                Replies.error(served, request, e)
                        .onComplete(v -> exchange.end(HttpError.of(e.kind()).outcome()));
            }
        });
    }

    static CallException failure(Throwable cause) {
        if (cause instanceof CallException e) {
            return e;
        }
        LOG.error("a call failed", cause);
        return new CallException(Kind.INTERNAL, "internal error; the server's log has it");
    }

    private void refuse(HttpServerRequest request, Exchange exchange, int status, String message) {
        // the rest of the body is not read: the connection cannot be used again
        request.response().putHeader("Connection", "close");
        Replies.error(served, request, status, message).onComplete(v -> exchange.end(Outcome.INVALID));
    }

    /** A body without a type, or with the one that curl sends by itself, is taken for the JSON that it must be. */
    private static boolean isJson(HttpServerRequest request) {
        String type = request.getHeader("Content-Type");
        if (type == null) {
            return true;
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json")
                || media.endsWith("+json")
                || media.equals("application/x-www-form-urlencoded");
    }
}
