package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.CallException.Kind;
import dev.millrace.server.predict.ServedModel;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The REST paths of the Open Inference Protocol v2 and predict.
 *
 * <pre>
 * GET  /v2                                        server metadata
 * GET  /v2/health/live, /v2/health/ready
 * GET  /v2/models                                 {"models": ["fraud"]}
 * GET  /v2/models/{m}[/versions/{v}][/ready]
 * POST /v2/models/{m}[/versions/{v}]/infer
 * POST /v2/models/{m}[/versions/{v}]/predict
 * </pre>
 */
public final class RestApi implements Handler<HttpServerRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(RestApi.class);

    private final Served served;
    private final RestCalls calls;

    public RestApi(Served served) {
        this.served = served;
        this.calls = new RestCalls(served);
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
        switch (path) {
            case "/v2" -> get(request, this::server);
            case "/v2/health/live" ->
                get(request, r -> Replies.json(served, r, 200, new JsonObject().put("live", true)));
            case "/v2/health/ready" -> get(request, this::ready);
            case "/v2/models" ->
                get(
                        request,
                        r -> Replies.json(
                                served,
                                r,
                                200,
                                new JsonObject()
                                        .put(
                                                "models",
                                                new JsonArray()
                                                        .add(served.config().name()))));
            default -> model(request, path.split("/", -1));
        }
    }

    /** {@code ["", "v2", "models", m, ("versions", v)?, tail?]}. */
    private void model(HttpServerRequest request, String[] parts) {
        boolean isModel = parts.length >= 4 && parts[1].equals("v2") && parts[2].equals("models");
        boolean versioned = parts.length >= 6 && parts[4].equals("versions");
        int at = versioned ? 6 : 4;
        if (!isModel || parts.length > at + 1) {
            throw new CallException(Kind.NOT_FOUND, "there is no " + request.path() + " here");
        }
        String tail = parts.length > at ? parts[at] : "";
        if (!List.of("", "ready", "infer", "predict").contains(tail)) {
            throw new CallException(Kind.NOT_FOUND, "there is no " + request.path() + " here");
        }
        served.checkModel(decoded(parts[3]), versioned ? decoded(parts[5]) : null);
        switch (tail) {
            case "ready" -> get(request, this::modelReady);
            case "infer" -> post(request, calls::infer);
            case "predict" -> post(request, calls::predict);
            default -> get(request, this::metadata);
        }
    }

    private static String decoded(String part) {
        try {
            return java.net.URLDecoder.decode(part, java.nio.charset.StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw CallException.invalid("the path is not well encoded: " + part);
        }
    }

    private void get(HttpServerRequest request, Handler<HttpServerRequest> then) {
        method(request, HttpMethod.GET, then);
    }

    private void post(HttpServerRequest request, Handler<HttpServerRequest> then) {
        method(request, HttpMethod.POST, then);
    }

    private void method(HttpServerRequest request, HttpMethod wanted, Handler<HttpServerRequest> then) {
        boolean head = wanted == HttpMethod.GET && request.method() == HttpMethod.HEAD;
        if (request.method() == wanted || head) {
            then.handle(request);
        } else {
            request.response().putHeader("Allow", wanted.name());
            Replies.error(served, request, 405, request.path() + " takes " + wanted + " only");
        }
    }

    private void server(HttpServerRequest request) {
        Replies.json(
                served,
                request,
                200,
                new JsonObject()
                        .put("name", Served.SERVER_NAME)
                        .put("version", Served.serverVersion())
                        .put("extensions", new JsonArray(Served.EXTENSIONS)));
    }

    private void ready(HttpServerRequest request) {
        boolean ready = served.state().isReady();
        Replies.json(served, request, ready ? 200 : 503, new JsonObject().put("ready", ready));
    }

    private void modelReady(HttpServerRequest request) {
        boolean ready = served.state().isReady();
        Replies.json(
                served,
                request,
                ready ? 200 : 503,
                new JsonObject().put("name", served.config().name()).put("ready", ready));
    }

    private void metadata(HttpServerRequest request) {
        ServedModel model = served.state().model();
        if (model == null) {
            throw new CallException(Kind.UNAVAILABLE, "the model is not loaded");
        }
        Replies.json(
                served,
                request,
                200,
                new JsonObject()
                        .put("name", served.config().name())
                        .put("versions", new JsonArray().add(model.version()))
                        .put("platform", Served.PLATFORM)
                        .put("inputs", tensors(model.model().inputs()))
                        .put("outputs", tensors(model.model().outputs())));
    }

    private static JsonArray tensors(List<TensorSpec> specs) {
        JsonArray array = new JsonArray();
        for (TensorSpec s : specs) {
            array.add(new JsonObject()
                    .put("name", s.name())
                    .put("datatype", s.datatype())
                    .put("shape", new JsonArray(s.shape())));
        }
        return array;
    }
}
