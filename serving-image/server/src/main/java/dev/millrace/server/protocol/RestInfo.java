package dev.millrace.server.protocol;

import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.proto.inference.ModelStatisticsResponse;
import dev.millrace.server.proto.inference.RepositoryIndexResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the server says of itself and of its model over REST; no SLO counts these calls. */
final class RestInfo {
    /** Bytes; of a repository call only {@code {"ready": true}} is read. */
    private static final int MAX_BODY = 64 << 10;

    private final Served served;
    private final Repository repository;
    private final Buffer openApi = document();

    RestInfo(Served served) {
        this.served = served;
        this.repository = new Repository(served);
    }

    private static Buffer document() {
        try (InputStream in = RestInfo.class.getResourceAsStream("/openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is packed with the server");
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("a resource can be read", e);
        }
    }

    private void ok(HttpServerRequest request, JsonObject body) {
        Replies.json(served, request, 200, body);
    }

    void openApi(HttpServerRequest request) {
        Replies.send(served, request, 200, openApi);
    }

    void server(HttpServerRequest request) {
        ok(
                request,
                new JsonObject()
                        .put("name", Served.SERVER_NAME)
                        .put("version", Served.serverVersion())
                        .put("extensions", new JsonArray(Extensions.of(served.config()))));
    }

    void live(HttpServerRequest request) {
        ok(request, new JsonObject().put("live", true));
    }

    void ready(HttpServerRequest request) {
        boolean ready = served.state().isReady();
        Replies.json(served, request, ready ? 200 : 503, new JsonObject().put("ready", ready));
    }

    void models(HttpServerRequest request) {
        ok(
                request,
                new JsonObject()
                        .put("models", new JsonArray().add(served.config().name())));
    }

    void modelReady(HttpServerRequest request) {
        boolean ready = served.state().isReady();
        Replies.json(
                served,
                request,
                ready ? 200 : 503,
                new JsonObject().put("name", served.config().name()).put("ready", ready));
    }

    void metadata(HttpServerRequest request) {
        ServedModel model = served.loaded();
        ok(
                request,
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

    void config(HttpServerRequest request) {
        ok(request, ProtoJson.of(ModelInfo.config(served.state().version().config(), served.loaded())));
    }

    void statistics(HttpServerRequest request) {
        ok(
                request,
                ProtoJson.of(ModelStatisticsResponse.newBuilder()
                        .addModelStats(served.statistics())
                        .build()));
    }

    void calibration(HttpServerRequest request) {
        ok(
                request,
                ModelInfo.calibration(
                        served.config().name(), served.loaded(), served.state().overheadMs()));
    }

    void index(HttpServerRequest request) {
        Buffer body = Buffer.buffer();
        request.handler(part -> {
            if (body.length() <= MAX_BODY) {
                body.appendBuffer(part);
            }
        });
        request.endHandler(v -> {
            try {
                RepositoryIndexResponse index = repository.index(readyOnly(body));
                Replies.send(
                        served,
                        request,
                        200,
                        ProtoJson.of(index).getJsonArray("models").toBuffer());
            } catch (CallException e) {
                Replies.error(served, request, e);
            }
        });
    }

    private static boolean readyOnly(Buffer body) {
        if (body.length() == 0) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(body.toJsonObject().getValue("ready"));
        } catch (DecodeException | ClassCastException e) {
            throw CallException.invalid("the body is not a JSON object");
        }
    }

    void load(HttpServerRequest request, @Nullable String model) {
        repository.load(model).onComplete(done -> {
            if (done.succeeded()) {
                ok(request, new JsonObject());
            } else {
                Replies.error(served, request, RestCalls.failure(done.cause()));
            }
        });
    }

    void unload(HttpServerRequest request, @Nullable String model) {
        repository.unload(model);
        ok(request, new JsonObject());
    }
}
