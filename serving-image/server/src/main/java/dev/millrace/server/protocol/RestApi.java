package dev.millrace.server.protocol;

import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST side: finds the {@link Call} that a path and method mean, and says failures. */
public final class RestApi implements Handler<HttpServerRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);

    private final Served served;
    private final RestCalls calls;
    private final RestPredictions predictions;
    private final RestInfo info;
    private final RestFeatures features;

    public RestApi(Served served) {
        this.served = served;
        this.calls = new RestCalls(served);
        this.predictions = new RestPredictions(served);
        this.info = new RestInfo(served);
        this.features = new RestFeatures(served);
    }

    @Override
    public void handle(HttpServerRequest request) {
        try {
            route(request);
        } catch (CallException e) {
            Replies.error(served, request, e);
        } catch (RuntimeException e) {
            LOG.error("{} {}", request.method(), request.path(), e);
            Replies.error(served, request, new CallException(Kind.INTERNAL, "internal error; the server's log has it"));
        }
    }

    private void route(HttpServerRequest request) {
        String path = request.path() == null ? "" : request.path();
        if (path.length() > 1 && path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        Call.Match match;
        try {
            match = Call.find(path);
        } catch (IllegalArgumentException e) {
            throw CallException.invalid("the path is not well encoded: " + path);
        }
        if (match == null) {
            throw new CallException(Kind.NOT_FOUND, "there is no " + path + " here; /openapi.json lists what there is");
        }
        Call call = match.call();
        if (call == Call.PREDICTION) {
            // whatever goes wrong is not for a cache in front to repeat
            request.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        if (call.isOfModel()) {
            served.checkModel(match.model(), match.version());
        }
        if (!call.takes(request.method())) {
            request.response().putHeader("Allow", call.allow());
            Replies.error(served, request, 405, path + " takes " + call.allow() + " only");
            return;
        }
        switch (call) {
            case INFER -> calls.infer(request);
            case PREDICT -> calls.predict(request);
            case PREDICTION -> predictions.get(request, String.valueOf(match.entity()));
            case ONLINE_FEATURES -> features.get(request);
            case SERVER -> info.server(request);
            case LIVE -> info.live(request);
            case READY -> info.ready(request);
            case MODELS -> info.models(request);
            case OPENAPI -> info.openApi(request);
            case METADATA -> info.metadata(request);
            case MODEL_READY -> info.modelReady(request);
            case CONFIG -> info.config(request);
            case STATISTICS -> info.statistics(request);
            case CALIBRATION -> info.calibration(request);
            case REPOSITORY_INDEX -> info.index(request);
            case REPOSITORY_LOAD -> info.load(request, match.model());
            case REPOSITORY_UNLOAD -> info.unload(request, match.model());
        }
    }

    /** What is no HTTP request that could be routed: a request line or headers that are too long or broken. */
    public static void invalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        int status = cause instanceof io.netty.handler.codec.http.TooLongHttpLineException
                ? 414
                : cause instanceof io.netty.handler.codec.http.TooLongHttpHeaderException ? 431 : 400;
        String what =
                switch (status) {
                    case 414 -> "the request line is too long";
                    case 431 -> "the headers are too long";
                    default -> "this is not an HTTP request";
                };
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .putHeader("Connection", "close")
                .end("{\"error\":\"" + what + "\"}")
                .onComplete(v -> request.connection().close());
    }
}
