package dev.millrace.server.protocol;

import dev.millrace.server.engine.Tensor;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.InferCall;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.predict.Reason;
import dev.millrace.server.predict.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The two POST calls: body in, pipeline, answer out, counted. */
final class RestCalls {
    private static final Logger LOG = LoggerFactory.getLogger(RestCalls.class);

    private final Served served;

    /** An encoded answer, how much of it is JSON (-1 = all) and how it counts. */
    private record Answer(Buffer body, int jsonLength, Outcome outcome) {}

    RestCalls(Served served) {
        this.served = served;
    }

    void infer(HttpServerRequest request) {
        exchange(request, (body, exchange) -> {
            served.checkNotUnloaded(exchange);
            int jsonLength = BinaryData.jsonLength(request.getHeader(BinaryData.HEADER), body.length);
            CallException noRoom =
                    exchange.isWarmup() ? null : served.infer().noRoom(exchange.version(), exchange.startNanos());
            if (noRoom != null && !InferJson.mayBeUrgent(body, jsonLength)) {
                throw noRoom;
            }
            long begin = System.nanoTime();
            RestInfer decoded = decode(body, jsonLength, exchange);
            exchange.codecSince(begin);
            return served.infer().infer(exchange.version(), decoded.call()).map(outputs -> {
                long encode = System.nanoTime();
                InferReply reply = InferReply.encode(
                        served.config().name(),
                        exchange.version().name(),
                        decoded.call().id(),
                        outputs,
                        decoded.form());
                exchange.codecSince(encode);
                return new Answer(reply.body(), reply.jsonLength(), Outcome.OK);
            });
        });
    }

    void predict(HttpServerRequest request) {
        PredictService service = served.predictService();
        String traceparent = request.getHeader("traceparent");
        exchange(request, (body, exchange) -> {
            served.checkNotUnloaded(exchange);
            long begin = System.nanoTime();
            PredictCall call = PredictJson.decode(body, traceparent, exchange.startNanos(), exchange.isWarmup());
            exchange.codecSince(begin);
            return service.predict(exchange.version(), call).map(answer -> {
                long encode = System.nanoTime();
                byte[] text = PredictJson.encode(answer, call.explain());
                exchange.codecSince(encode);
                return new Answer(Buffer.buffer(text), -1, answer.outcome());
            });
        });
    }

    private RestInfer decode(byte[] body, int jsonLength, Exchange exchange) {
        if (jsonLength > 0 || body.length == 0) {
            return InferJson.decode(body, jsonLength, exchange.startNanos(), exchange.isWarmup());
        }
        ServedModel model = exchange.version().model();
        if (model == null) {
            throw new CallException(Kind.UNAVAILABLE, Reason.ModelUnavailable.text());
        }
        Tensor input = BinaryData.raw(model.model().inputs(), body);
        return new RestInfer(
                new InferCall("", List.of(input), List.of(), 0, false, exchange.startNanos(), exchange.isWarmup()),
                OutputForm.BINARY);
    }

    private void exchange(HttpServerRequest request, BiFunction<byte[], Exchange, Future<Answer>> call) {
        Exchange exchange = new Exchange(served, "rest", request.getHeader(Served.WARMUP));
        // a caller that goes away must not be under way for ever; what it was sent before counts first
        request.response().closeHandler(v -> exchange.end(Outcome.ERROR));
        Upload.receive(request, new Upload.Receiver() {
            @Override
            public void refused(int status, String message) {
                Replies.error(served, request, status, message).onComplete(v -> exchange.end(Outcome.INVALID));
            }

            @Override
            public void broken() {
                exchange.end(Outcome.INVALID);
            }

            @Override
            public void complete(byte[] body) {
                answer(request, exchange, body, call);
            }
        });
    }

    private void answer(
            HttpServerRequest request,
            Exchange exchange,
            byte[] body,
            BiFunction<byte[], Exchange, Future<Answer>> call) {
        Future<Answer> answer;
        try {
            answer = call.apply(body, exchange);
        } catch (CallException e) {
            answer = Future.failedFuture(e);
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        answer.onComplete(done -> {
            if (done.succeeded()) {
                Answer reply = done.result();
                Future<Void> sent = reply.jsonLength() < 0
                        ? Replies.send(served, request, 200, reply.body())
                        : Replies.binary(served, request, reply.body(), reply.jsonLength());
                sent.onComplete(v -> exchange.end(reply.outcome()));
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
}
