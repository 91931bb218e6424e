package dev.millrace.devkit.load;

import dev.millrace.server.proto.predict.Candidate;
import dev.millrace.server.proto.predict.Entity;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.predict.PredictResponse;
import dev.millrace.server.proto.predict.Prediction;
import dev.millrace.server.proto.predict.Timings;
import dev.millrace.server.proto.predict.Value;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcReadStream;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code millrace.v1.PredictService/Predict}. */
public final class GrpcPredictor implements Predictor {
    private static final ServiceMethod<PredictResponse, PredictRequest> PREDICT = ServiceMethod.client(
            ServiceName.create("millrace.v1", "PredictService"),
            "Predict",
            GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(PredictResponse.getDefaultInstance()));

    private static final long TIMEOUT_MS = 60_000;

    private final GrpcClient client;
    private final SocketAddress address;

    public GrpcPredictor(Vertx vertx, String host, int port) {
        this.client = GrpcClient.client(vertx);
        this.address = SocketAddress.inetSocketAddress(port, host);
    }

    @Override
    public Future<PredictAnswer> predict(PredictCall call) {
        return client.request(address, PREDICT)
                .compose(request -> {
                    request.timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                    // nested: a step added from the caller's thread could miss the end of an early answer
                    return request.send(message(call)).compose(GrpcReadStream::last);
                })
                .map(GrpcPredictor::parse)
                .recover(e -> Future.succeededFuture(PredictAnswer.failed(e.toString())));
    }

    private static PredictRequest message(PredictCall call) {
        Entity.Builder entity = Entity.newBuilder();
        call.keys()
                .forEach((name, value) -> entity.putKeys(
                        name, Value.newBuilder().setStringValue(value).build()));
        PredictRequest.Builder request = PredictRequest.newBuilder()
                .setId(call.id())
                .setModel(call.model())
                .addEntities(entity);
        call.inputs()
                .forEach((name, value) -> request.putInputs(
                        name, Value.newBuilder().setDoubleValue(value).build()));
        call.candidates()
                .forEach(item -> request.addCandidates(Candidate.newBuilder()
                        .putKeys(
                                "item_id",
                                Value.newBuilder().setStringValue(item).build())));
        return request.build();
    }

    private static PredictAnswer parse(@Nullable PredictResponse response) {
        if (response == null || response.getPredictionsCount() == 0) {
            return PredictAnswer.failed("no prediction in the answer");
        }
        Prediction prediction = response.getPredictions(0);
        Timings timings = response.getTimingsMs();
        return new PredictAnswer(
                orNull(prediction.getLabel()),
                prediction.getItemsList().stream()
                        .map(item -> item.getKeysOrDefault("item_id", ""))
                        .toList(),
                orNull(prediction.getFlags().getCache()),
                orNull(prediction.getFlags().getFallback()),
                prediction.getFlags().getStaleList(),
                prediction.getFlags().getDefaultedList(),
                new PredictAnswer.Timings(
                        timings.getFeatures(),
                        timings.getQueue(),
                        timings.getInference(),
                        timings.getPostProcessing(),
                        timings.getTotal()),
                orNull(prediction.getError()));
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
