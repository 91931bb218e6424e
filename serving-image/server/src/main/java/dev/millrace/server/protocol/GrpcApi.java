package dev.millrace.server.protocol;

import com.google.protobuf.Message;
import dev.millrace.server.metrics.Outcome;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.InferCall;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.PredictService;
import dev.millrace.server.proto.health.HealthCheckRequest;
import dev.millrace.server.proto.inference.ModelConfigRequest;
import dev.millrace.server.proto.inference.ModelConfigResponse;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelMetadataRequest;
import dev.millrace.server.proto.inference.ModelReadyRequest;
import dev.millrace.server.proto.inference.ModelReadyResponse;
import dev.millrace.server.proto.inference.ModelStatisticsRequest;
import dev.millrace.server.proto.inference.ModelStatisticsResponse;
import dev.millrace.server.proto.inference.RepositoryIndexRequest;
import dev.millrace.server.proto.inference.RepositoryModelLoadRequest;
import dev.millrace.server.proto.inference.RepositoryModelLoadResponse;
import dev.millrace.server.proto.inference.RepositoryModelUnloadRequest;
import dev.millrace.server.proto.inference.RepositoryModelUnloadResponse;
import dev.millrace.server.proto.inference.ServerLiveRequest;
import dev.millrace.server.proto.inference.ServerLiveResponse;
import dev.millrace.server.proto.inference.ServerMetadataRequest;
import dev.millrace.server.proto.inference.ServerMetadataResponse;
import dev.millrace.server.proto.inference.ServerReadyRequest;
import dev.millrace.server.proto.inference.ServerReadyResponse;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.reflection.ServerReflectionRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpc.server.GrpcServerRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;

/** {@code inference.GRPCInferenceService}, {@code millrace.v1.PredictService}, health and reflection. */
public final class GrpcApi {
    private static final String INFERENCE = "inference.GRPCInferenceService";
    private static final String PREDICT = "millrace.v1.PredictService";

    private final Served served;
    private final GrpcServer server;
    private final GrpcHealth health;
    private final GrpcReflection reflection;
    private final Repository repository;

    private GrpcApi(Vertx vertx, Served served) {
        this.served = served;
        this.health = new GrpcHealth(vertx, served.state(), Set.of(INFERENCE, PREDICT));
        this.reflection = new GrpcReflection(List.of(
                ModelInferRequest.getDescriptor().getFile(),
                PredictRequest.getDescriptor().getFile(),
                HealthCheckRequest.getDescriptor().getFile()));
        this.repository = new Repository(served);
        this.server = GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(Served.MAX_BODY));
    }

    /** The handler for an HTTP/2 server of the event loop that {@code served} belongs to. */
    public static GrpcServer of(Vertx vertx, Served served) {
        GrpcApi api = new GrpcApi(vertx, served);
        api.register();
        return api.server;
    }

    private void register() {
        plain(INFERENCE, "ServerLive", ServerLiveRequest.getDefaultInstance(), r -> ServerLiveResponse.newBuilder()
                .setLive(true)
                .build());
        plain(INFERENCE, "ServerReady", ServerReadyRequest.getDefaultInstance(), r -> ServerReadyResponse.newBuilder()
                .setReady(served.state().isReady())
                .build());
        plain(INFERENCE, "ModelReady", ModelReadyRequest.getDefaultInstance(), r -> {
            served.checkModel(r.getName(), r.getVersion());
            return ModelReadyResponse.newBuilder()
                    .setReady(served.state().isReady())
                    .build();
        });
        plain(
                INFERENCE,
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                r -> ServerMetadataResponse.newBuilder()
                        .setName(Served.SERVER_NAME)
                        .setVersion(Served.serverVersion())
                        .addAllExtensions(Extensions.of(served.config()))
                        .build());
        plain(INFERENCE, "ModelMetadata", ModelMetadataRequest.getDefaultInstance(), r -> {
            served.checkModel(r.getName(), r.getVersion());
            return InferProto.metadata(served.config().name(), served.loaded());
        });
        plain(INFERENCE, "ModelConfig", ModelConfigRequest.getDefaultInstance(), r -> {
            served.checkModel(r.getName(), r.getVersion());
            return ModelConfigResponse.newBuilder()
                    .setConfig(ModelInfo.config(served.state().version().config(), served.loaded()))
                    .build();
        });
        plain(INFERENCE, "ModelStatistics", ModelStatisticsRequest.getDefaultInstance(), r -> {
            served.checkModel(r.getName(), r.getVersion());
            return ModelStatisticsResponse.newBuilder()
                    .addModelStats(served.statistics())
                    .build();
        });
        repository();
        HealthCheckRequest check = HealthCheckRequest.getDefaultInstance();
        plain(GrpcHealth.SERVICE, "Check", check, health::check);
        server.callHandler(method(GrpcHealth.SERVICE, "Watch", check), health::watch);
        for (String service : List.of(GrpcReflection.V1, GrpcReflection.V1_ALPHA)) {
            server.callHandler(
                    method(service, "ServerReflectionInfo", ServerReflectionRequest.getDefaultInstance()),
                    reflection::info);
        }
        counted(INFERENCE, "ModelInfer", ModelInferRequest.getDefaultInstance(), this::infer);
        counted(PREDICT, "Predict", PredictRequest.getDefaultInstance(), this::predict);
    }

    private void repository() {
        plain(
                INFERENCE,
                "RepositoryIndex",
                RepositoryIndexRequest.getDefaultInstance(),
                r -> repository.index(r.getReady()));
        later(INFERENCE, "RepositoryModelLoad", RepositoryModelLoadRequest.getDefaultInstance(), r -> repository
                .load(r.getModelName())
                .map(v -> RepositoryModelLoadResponse.getDefaultInstance()));
        plain(INFERENCE, "RepositoryModelUnload", RepositoryModelUnloadRequest.getDefaultInstance(), r -> {
            repository.unload(r.getModelName());
            return RepositoryModelUnloadResponse.getDefaultInstance();
        });
    }

    /** An answer and how it counts. */
    private record Answer(Message message, Outcome outcome) {}

    private Future<Answer> infer(GrpcServerRequest<ModelInferRequest, Message> call, Incoming<ModelInferRequest> in) {
        ModelInferRequest request = in.message();
        served.checkModel(request.getModelName(), request.getModelVersion());
        served.checkNotUnloaded(in.exchange());
        Exchange exchange = in.exchange();
        long begin = System.nanoTime();
        InferCall decoded = InferProto.decode(request, call.timeout(), exchange.startNanos(), exchange.isWarmup());
        exchange.codecSince(begin);
        return served.infer().infer(exchange.version(), decoded).map(outputs -> {
            long encode = System.nanoTime();
            Message answer = InferProto.encode(
                    served.config().name(),
                    exchange.version().name(),
                    request.getId(),
                    outputs,
                    request.getRawInputContentsCount() > 0);
            exchange.codecSince(encode);
            return new Answer(answer, Outcome.OK);
        });
    }

    private Future<Answer> predict(GrpcServerRequest<PredictRequest, Message> call, Incoming<PredictRequest> in) {
        PredictRequest request = in.message();
        served.checkModel(request.getModel(), request.getModelVersion());
        served.checkNotUnloaded(in.exchange());
        PredictService service = served.predictService();
        Exchange exchange = in.exchange();
        long begin = System.nanoTime();
        PredictCall decoded = PredictProto.decode(
                request, call.timeout(), call.headers().get("traceparent"), exchange.startNanos(), exchange.isWarmup());
        exchange.codecSince(begin);
        return service.predict(exchange.version(), decoded).map(answer -> {
            long encode = System.nanoTime();
            Message message = PredictProto.encode(answer);
            exchange.codecSince(encode);
            return new Answer(message, answer.outcome());
        });
    }

    private record Incoming<T>(T message, Exchange exchange) {}

    private static <T extends Message> ServiceMethod<T, Message> method(String service, String name, T prototype) {
        return ServiceMethod.server(
                ServiceName.create(service), name, GrpcMessageEncoder.encoder(), GrpcMessageDecoder.decoder(prototype));
    }

    /** A call that no SLO counts. */
    private <T extends Message> void plain(String service, String name, T prototype, Function<T, Message> answer) {
        server.callHandler(
                method(service, name, prototype),
                call -> call.handler(message -> {
                    try {
                        call.response().end(answer.apply(message));
                    } catch (RuntimeException e) {
                        GrpcReplies.fail(call, RestCalls.failure(e));
                    }
                }));
    }

    /** The same where the answer takes time, and the caller may go meanwhile. */
    private <T extends Message> void later(
            String service, String name, T prototype, Function<T, Future<? extends Message>> answer) {
        server.callHandler(method(service, name, prototype), call -> {
            AtomicBoolean gone = new AtomicBoolean();
            call.errorHandler(e -> gone.set(true));
            call.exceptionHandler(e -> gone.set(true));
            call.handler(message -> {
                Future<? extends Message> future;
                try {
                    future = answer.apply(message);
                } catch (RuntimeException e) {
                    future = Future.failedFuture(e);
                }
                future.onComplete(done -> {
                    if (gone.get()) {
                        return;
                    }
                    if (done.succeeded()) {
                        call.response().end(done.result());
                    } else {
                        GrpcReplies.fail(call, RestCalls.failure(done.cause()));
                    }
                });
            });
        });
    }

    private <T extends Message> void counted(
            String service,
            String name,
            T prototype,
            BiFunction<GrpcServerRequest<T, Message>, Incoming<T>, Future<Answer>> answer) {
        server.callHandler(method(service, name, prototype), call -> {
            Exchange exchange = new Exchange(served, "grpc", call.headers().get(Served.WARMUP));
            AtomicBoolean arrived = new AtomicBoolean();
            Runnable gone = () -> exchange.end(arrived.get() ? Outcome.ERROR : Outcome.INVALID);
            call.exceptionHandler(e -> gone.run());
            // a call that its caller drops is told here, and only here
            call.errorHandler(e -> gone.run());
            call.response().exceptionHandler(e -> gone.run());
            call.handler(message -> {
                arrived.set(true);
                Future<Answer> future;
                try {
                    future = answer.apply(call, new Incoming<>(message, exchange));
                } catch (RuntimeException e) {
                    future = Future.failedFuture(e);
                }
                future.onComplete(done -> {
                    if (exchange.isEnded()) {
                        // nobody to answer any more
                        return;
                    }
                    if (done.succeeded()) {
                        Outcome outcome = done.result().outcome();
                        call.response().end(done.result().message()).onComplete(v -> exchange.end(outcome));
                    } else {
                        CallException e = RestCalls.failure(done.cause());
                        GrpcReplies.fail(call, e)
                                .onComplete(
                                        v -> exchange.end(HttpError.of(e.kind()).outcome()));
                    }
                });
            });
            // a message that is not of its type, or too long
            call.invalidMessageHandler(e -> {
                GrpcReplies.fail(call, CallException.invalid("the message is not a " + name + " request"));
                exchange.end(Outcome.INVALID);
            });
        });
    }
}
