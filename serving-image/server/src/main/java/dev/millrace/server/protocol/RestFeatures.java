package dev.millrace.server.protocol;

import dev.millrace.server.features.OnlineFeatures;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /get-online-features}: for those who ask a feature server of Feast's. It is no prediction, so no SLO counts it. */
final class RestFeatures {
    private static final Logger LOG = LoggerFactory.getLogger(RestFeatures.class);

    private final Served served;

    RestFeatures(Served served) {
        this.served = served;
    }

    void get(HttpServerRequest request) {
        OnlineFeatures features = served.features();
        if (features == null) {
            throw new CallException(Kind.NOT_FOUND, "model " + served.config().name() + " has no features");
        }
        UnderWay call = new UnderWay(request);
        String unsupported = RestCalls.unsupportedMedia(request);
        if (unsupported != null) {
            Replies.last(request);
            call.refuse(415, unsupported);
            return;
        }
        Upload body = new Upload(request.getHeader(HttpHeaders.CONTENT_LENGTH));
        request.handler(part -> {
            if (!body.add(part)) {
                request.handler(null);
                request.endHandler(null);
                Replies.last(request);
                call.refuse(413, "the body is longer than " + Served.MAX_BODY + " bytes");
            }
        });
        request.exceptionHandler(e -> call.end(Outcome.INVALID));
        request.endHandler(v -> call.answer(features, body));
    }

    /** A call that a server that stops waits for. Counted once. */
    private final class UnderWay {
        private final HttpServerRequest request;
        private boolean ended;

        UnderWay(HttpServerRequest request) {
            this.request = request;
            served.state().begin();
            request.response().closeHandler(v -> end(Outcome.ERROR));
        }

        void answer(OnlineFeatures features, Upload body) {
            try {
                features.read(FeaturesJson.decode(body.bytes()), table -> {
                    if (table.failed()) {
                        fail(new CallException(Kind.UNAVAILABLE, "the feature store does not answer"));
                    } else {
                        Replies.send(served, request, 200, FeaturesJson.encode(table))
                                .onComplete(v -> end(Outcome.OK));
                    }
                });
            } catch (CallException e) {
                fail(e);
            } catch (IllegalArgumentException e) {
                fail(CallException.invalid(String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                LOG.error("get-online-features", e);
                fail(new CallException(Kind.INTERNAL, "internal error; the server's log has it"));
            }
        }

        private void fail(CallException e) {
            Replies.error(served, request, e)
                    .onComplete(v -> end(HttpError.of(e.kind()).outcome()));
        }

        void refuse(int status, String message) {
            Replies.error(served, request, status, message).onComplete(v -> end(Outcome.INVALID));
        }

        void end(Outcome outcome) {
            if (!ended) {
                ended = true;
                served.state().version().metrics().featureCall(outcome);
                served.state().end();
            }
        }
    }
}
