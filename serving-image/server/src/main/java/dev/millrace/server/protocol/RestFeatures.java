package dev.millrace.server.protocol;

import dev.millrace.server.features.OnlineFeatures;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
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
        call.receive(features);
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

        void receive(OnlineFeatures features) {
            Upload.receive(request, new Upload.Receiver() {
                @Override
                public void refused(int status, String message) {
                    Replies.error(served, request, status, message).onComplete(v -> end(Outcome.INVALID));
                }

                @Override
                public void broken() {
                    end(Outcome.INVALID);
                }

                @Override
                public void complete(byte[] body) {
                    answer(features, body);
                }
            });
        }

        private void answer(OnlineFeatures features, byte[] body) {
            try {
                features.read(FeaturesJson.decode(body), table -> {
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

        private void end(Outcome outcome) {
            if (!ended) {
                ended = true;
                served.state().version().metrics().featureCall(outcome);
                served.state().end();
            }
        }
    }
}
