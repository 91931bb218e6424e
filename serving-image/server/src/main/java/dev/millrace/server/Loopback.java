package dev.millrace.server;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.protocol.Served;
import dev.millrace.server.protocol.WarmUpMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The server as its own caller: each kind of call that it serves, prepared once, over real sockets. */
final class Loopback implements AutoCloseable {
    /** OK, and FAILED_PRECONDITION: where the spec rejects missing features, nobody knows the warm-up's entity. */
    private static final List<String> ANSWERS = List.of("0", "9");

    private final Parts parts;
    private final Ports ports;
    private final ModelVersion version;
    private final List<TensorSpec> modelInputs;
    private final List<TensorSpec> modelOutputs;
    private final String host;
    private final HttpClient rest;
    private final HttpClient grpc;
    private final List<Supplier<Future<Buffer>>> calls = new ArrayList<>();
    private final Buffer predict;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    /** {@code connections}: to each port, so that every event loop gets some. */
    Loopback(Vertx vertx, Parts parts, Ports ports, ModelVersion version, int connections) {
        this.parts = parts;
        this.ports = ports;
        this.version = version;
        ServedModel served = version.model();
        this.modelInputs = served == null ? List.of() : served.model().inputs();
        this.modelOutputs = served == null ? List.of() : served.model().outputs();
        String bound = parts.config().server().host();
        this.host = bound.equals("0.0.0.0") || bound.equals("::") ? "127.0.0.1" : bound;
        boolean tls = parts.config().server().tls() != null;
        this.rest = vertx.createHttpClient(secured(tls), new PoolOptions().setHttp1MaxSize(connections));
        this.grpc = vertx.createHttpClient(
                secured(tls)
                        .setUseAlpn(tls)
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setHttp2MultiplexingLimit(1),
                new PoolOptions().setHttp2MaxSize(connections));
        this.predict = predictBody(false);
        prepare();
    }

    /** To itself: whose certificate it is needs no proof. */
    private static HttpClientOptions secured(boolean tls) {
        return new HttpClientOptions().setSsl(tls).setTrustAll(tls).setVerifyHost(!tls);
    }

    private void prepare() {
        boolean speaksJson = Stream.concat(modelInputs.stream(), modelOutputs.stream())
                .noneMatch(t -> t.datatype().equals("FP16"));
        if (speaksJson) {
            Buffer infer = inferBody();
            calls.add(() -> rest("infer", infer));
        }
        Buffer infer = frame(WarmUpMessages.infer(parts.config().name(), Calibration.zeros(modelInputs, 1)));
        calls.add(() -> grpc("/inference.GRPCInferenceService/ModelInfer", infer));
        if (parts.plan() != null) {
            Buffer explained = predictBody(true);
            Buffer message = frame(WarmUpMessages.predict(entity(), inputs()));
            // the call that it is all about: more often
            calls.add(this::predict);
            calls.add(() -> grpc("/millrace.v1.PredictService/Predict", message));
            calls.add(() -> rest("predict", explained));
            calls.add(() -> grpc("/millrace.v1.PredictService/Predict", message));
        }
    }

    /** One of each kind. A call that fails is counted, not told. */
    List<Future<Buffer>> oneOfEach() {
        return calls.stream().map(Supplier::get).toList();
    }

    /** A REST predict call; null answer = it failed. The spec must have features. */
    Future<Buffer> predict() {
        return rest("predict", predict);
    }

    int sent() {
        return sent.get();
    }

    /** Of {@link #sent}; too late for the deadline, for the most part. */
    int failed() {
        return failed.get();
    }

    private Future<Buffer> counted(Future<Buffer> answer) {
        sent.incrementAndGet();
        return answer.otherwise(e -> {
            failed.incrementAndGet();
            return Buffer.buffer();
        });
    }

    private Future<Buffer> rest(String call, Buffer body) {
        // nested, not chained: a step that this thread adds late would miss the end of an answer that came early
        return counted(rest.request(
                        options(ports.rest(), "/v2/models/" + parts.config().name() + "/" + call))
                .compose(request -> request.send(body).compose(response -> response.body()
                        .compose(text -> response.statusCode() == 200 || response.statusCode() == 422
                                ? Future.succeededFuture(text)
                                : Future.failedFuture(text.toString())))));
    }

    private Future<Buffer> grpc(String path, Buffer frame) {
        return counted(grpc.request(options(ports.grpc(), path)
                        .putHeader("content-type", "application/grpc+proto")
                        .putHeader("te", "trailers"))
                .compose(request -> request.send(frame)
                        .compose(response -> response.body().compose(body -> {
                            String status = response.getTrailer("grpc-status");
                            String early = response.getHeader("grpc-status");
                            boolean ok = ANSWERS.contains(status == null ? String.valueOf(early) : status);
                            return ok
                                    ? Future.succeededFuture(body)
                                    : Future.failedFuture("a gRPC status other than 0");
                        }))));
    }

    private RequestOptions options(int port, String path) {
        return new RequestOptions()
                .setHost(host)
                .setPort(port)
                .setMethod(HttpMethod.POST)
                .setURI(path)
                .putHeader(Served.WARMUP, version.warmupToken());
    }

    private static Buffer frame(byte[] message) {
        return Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
    }

    private Buffer inferBody() {
        JsonArray inputs = new JsonArray();
        for (Tensor t : Calibration.zeros(modelInputs, 1)) {
            JsonArray data = new JsonArray();
            for (int i = 0; i < t.elements(); i++) {
                data.add(t.datatype() == Datatype.BYTES ? "" : t.datatype() == Datatype.BOOL ? (Object) false : 0);
            }
            JsonArray shape = new JsonArray();
            Arrays.stream(t.shape()).forEach(shape::add);
            inputs.add(new JsonObject()
                    .put("name", t.name())
                    .put("datatype", t.datatype().name())
                    .put("shape", shape)
                    .put("data", data));
        }
        return new JsonObject().put("inputs", inputs).toBuffer();
    }

    private JsonObject entity() {
        JsonObject entity = new JsonObject();
        VectorPlan plan = parts.plan();
        if (plan != null) {
            for (EntityKey key : plan.keys().values()) {
                entity.put(key.name(), key.type().equals("STRING") ? (Object) "__warmup__" : 0L);
            }
        }
        return entity;
    }

    private JsonObject inputs() {
        JsonObject inputs = new JsonObject();
        ServingConfig.Features features = parts.config().features();
        if (features != null) {
            for (RequestField field : features.request()) {
                inputs.put(field.name(), 0L);
            }
        }
        return inputs;
    }

    private Buffer predictBody(boolean explain) {
        JsonArray entities = new JsonArray();
        if (!entity().isEmpty()) {
            entities.add(entity());
        }
        return new JsonObject()
                .put("entities", entities)
                .put("inputs", inputs())
                .put("explain", explain)
                .toBuffer();
    }

    @Override
    public void close() {
        rest.close();
        grpc.close();
    }
}
