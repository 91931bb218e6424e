package dev.millrace.server;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.RequestField;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.PredictContext;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own first callers: loopback requests through every parser, the store and the scheduler, so that the first
 * real one does not pay for class loading and compilation. They are neither counted nor logged.
 */
final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final int REQUESTS = 2_000;
    /** A slow machine becomes ready all the same. */
    private static final long LIMIT_NANOS = 4_000_000_000L;

    private static final int PARALLEL = 4;
    /** OK, and FAILED_PRECONDITION: where the spec rejects missing features, nobody knows the warm-up's entity. */
    private static final List<String> ANSWERS = List.of("0", "9");

    private final Vertx vertx;
    private final Parts parts;
    private final Ports ports;
    private final ServedModel served;
    private final String host;

    WarmUp(Vertx vertx, Parts parts, Ports ports, ServedModel served) {
        this.vertx = vertx;
        this.parts = parts;
        this.ports = ports;
        this.served = served;
        String bound = parts.config().server().host();
        this.host = bound.equals("0.0.0.0") || bound.equals("::") ? "127.0.0.1" : bound;
    }

    /** Ms: 99th percentile of a request's time outside the scheduler, from the later half of the requests. */
    double run() throws InterruptedException {
        HttpClient rest = vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(PARALLEL));
        HttpClient grpc = vertx.createHttpClient(
                new HttpClientOptions().setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false));
        List<Double> overheads = new ArrayList<>();
        long end = System.nanoTime() + LIMIT_NANOS;
        int sent = 0;
        int failed = 0;
        boolean speaksJson = Stream.concat(served.model().inputs().stream(), served.model().outputs().stream())
                .noneMatch(t -> t.datatype().equals("FP16"));
        try {
            while (sent < REQUESTS && System.nanoTime() < end && !parts.state().isDraining()) {
                List<Future<?>> round = new ArrayList<>();
                for (int i = 0; i < PARALLEL; i++) {
                    if (speaksJson) {
                        round.add(rest(rest, "infer", inferBody()));
                    }
                    round.add(grpc(
                            grpc,
                            "/inference.GRPCInferenceService/ModelInfer",
                            WarmUpMessages.infer(
                                    parts.config().name(),
                                    Calibration.zeros(served.model().inputs(), 1))));
                    if (parts.predict() != null) {
                        round.add(rest(rest, "predict", predictBody()).onSuccess(body -> {
                            synchronized (overheads) {
                                overheads.add(overhead(body));
                            }
                        }));
                        round.add(grpc(
                                grpc,
                                "/millrace.v1.PredictService/Predict",
                                WarmUpMessages.predict(entity(), inputs())));
                    }
                }
                sent += round.size();
                failed += await(round);
            }
        } finally {
            rest.close();
            grpc.close();
        }
        if (failed > 0) {
            LOG.warn("warm-up: {} of {} requests failed", failed, sent);
        }
        return percentile99(overheads);
    }

    private static int await(List<Future<?>> round) throws InterruptedException {
        try {
            Future.join(round).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
            return 0;
        } catch (ExecutionException e) {
            return (int) round.stream().filter(Future::failed).count();
        } catch (TimeoutException e) {
            return round.size();
        }
    }

    private Future<Buffer> rest(HttpClient client, String call, Buffer body) {
        // nested, not chained: a step that this thread adds late would miss the end of an answer that came early
        return client.request(new RequestOptions()
                        .setHost(host)
                        .setPort(ports.rest())
                        .setMethod(HttpMethod.POST)
                        .setURI("/v2/models/" + parts.config().name() + "/" + call)
                        .putHeader(Served.WARMUP, parts.warmupToken()))
                .compose(request -> request.send(body).compose(response -> response.body()
                        .compose(text -> response.statusCode() == 200 || response.statusCode() == 422
                                ? Future.succeededFuture(text)
                                : Future.failedFuture(text.toString()))));
    }

    private Future<Buffer> grpc(HttpClient client, String path, byte[] message) {
        Buffer frame =
                Buffer.buffer().appendByte((byte) 0).appendInt(message.length).appendBytes(message);
        return client.request(new RequestOptions()
                        .setHost(host)
                        .setPort(ports.grpc())
                        .setMethod(HttpMethod.POST)
                        .setURI(path)
                        .putHeader("content-type", "application/grpc+proto")
                        .putHeader("te", "trailers")
                        .putHeader(Served.WARMUP, parts.warmupToken()))
                .compose(request -> request.send(frame)
                        .compose(response -> response.body().compose(body -> {
                            String status = response.getTrailer("grpc-status");
                            String early = response.getHeader("grpc-status");
                            boolean ok = ANSWERS.contains(status == null ? String.valueOf(early) : status);
                            return ok
                                    ? Future.succeededFuture(body)
                                    : Future.failedFuture("a gRPC status other than 0");
                        })));
    }

    private Buffer inferBody() {
        JsonArray inputs = new JsonArray();
        List<TensorSpec> specs = served.model().inputs();
        List<Tensor> zeros = Calibration.zeros(specs, 1);
        for (Tensor t : zeros) {
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
        PredictContext predict = parts.predict();
        if (predict != null) {
            for (EntityKey key : predict.plan().keys().values()) {
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

    private Buffer predictBody() {
        JsonArray entities = new JsonArray();
        if (!entity().isEmpty()) {
            entities.add(entity());
        }
        return new JsonObject()
                .put("entities", entities)
                .put("inputs", inputs())
                .put("explain", true)
                .toBuffer();
    }

    private static double overhead(Buffer body) {
        JsonObject t = body.toJsonObject().getJsonObject("timingsMs");
        return Math.max(0, t.getDouble("total") - t.getDouble("queue") - t.getDouble("inference"));
    }

    private static double percentile99(List<Double> all) {
        double[] late = all.stream()
                .skip(all.size() / 2)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return late.length == 0 ? 0 : late[(int) Math.min(late.length - 1, Math.ceil(late.length * 0.99) - 1)];
    }
}
