package dev.millrace.server.protocol;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.PredictAnswer;
import dev.millrace.server.predict.PredictCall;
import dev.millrace.server.predict.RankedItem;
import dev.millrace.server.predict.Reason;
import dev.millrace.server.proto.predict.Entity;
import dev.millrace.server.proto.predict.Explanation;
import dev.millrace.server.proto.predict.Flags;
import dev.millrace.server.proto.predict.Item;
import dev.millrace.server.proto.predict.Output;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.predict.PredictResponse;
import dev.millrace.server.proto.predict.Prediction;
import dev.millrace.server.proto.predict.Timings;
import dev.millrace.server.proto.predict.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Protobuf of predict calls. */
final class PredictProto {
    private PredictProto() {}

    static PredictCall decode(
            PredictRequest request, long grpcTimeoutMs, @Nullable String traceparent, long startNanos, boolean warmup) {
        if (request.getTimeoutMs() < 0 || Double.isNaN(request.getTimeoutMs())) {
            throw CallException.invalid("timeout_ms: must be 0 or more");
        }
        List<Map<String, Object>> entities = request.getEntitiesList().stream()
                .map(Entity::getKeysMap)
                .map(PredictProto::values)
                .toList();
        return new PredictCall(
                request.getId(),
                entities,
                values(request.getInputsMap()),
                request.getCandidatesList().stream()
                        .map(c -> new PredictCall.Candidate(values(c.getKeysMap()), values(c.getInputsMap())))
                        .toList(),
                request.getExplain(),
                InferProto.shorter(request.getTimeoutMs(), grpcTimeoutMs),
                traceparent,
                startNanos,
                warmup);
    }

    private static Map<String, Object> values(Map<String, Value> from) {
        Map<String, Object> values = new LinkedHashMap<>();
        from.forEach((name, v) -> {
            switch (v.getKindCase()) {
                case DOUBLE_VALUE -> values.put(name, v.getDoubleValue());
                case INT64_VALUE -> values.put(name, v.getInt64Value());
                case BOOL_VALUE -> values.put(name, v.getBoolValue());
                case STRING_VALUE -> values.put(name, v.getStringValue());
                case KIND_NOT_SET -> {
                    // as if it were not there
                }
            }
        });
        return values;
    }

    static PredictResponse encode(PredictAnswer answer) {
        PredictResponse.Builder response = PredictResponse.newBuilder()
                .setId(answer.id())
                .setModel(answer.model())
                .setVersion(answer.version())
                .setTimingsMs(Timings.newBuilder()
                        .setFeatures(answer.timings().features())
                        .setQueue(answer.timings().queue())
                        .setInference(answer.timings().inference())
                        .setPostProcessing(answer.timings().postProcessing())
                        .setTotal(answer.timings().total()));
        answer.predictions().forEach(p -> response.addPredictions(prediction(p)));
        return response.build();
    }

    private static Prediction prediction(dev.millrace.server.predict.Prediction p) {
        Reason fallback = p.flags().fallback();
        Prediction.Builder out = Prediction.newBuilder()
                .setPredictionId(p.predictionId())
                .setLabel(text(p.label()))
                .setError(text(p.error()))
                .setFlags(Flags.newBuilder()
                        .setFallback(fallback == null ? "" : fallback.name())
                        .setFallbackStep(text(p.flags().fallbackStep()))
                        .addAllStale(p.flags().stale())
                        .addAllDefaulted(p.flags().defaulted())
                        .setCache(text(p.flags().cache())));
        p.outputs().forEach(t -> out.putOutputs(t.name(), output(t)));
        List<RankedItem> items = p.items();
        if (items != null) {
            items.forEach(i -> out.addItems(
                    Item.newBuilder().putAllKeys(i.keys()).setScore(i.score()).setRank(i.rank())));
        }
        p.explain()
                .forEach(e -> out.addExplain(Explanation.newBuilder()
                        .setFeature(e.feature())
                        .setValue(e.value())
                        .setStatus(e.status())
                        .setAgeMs(e.ageMs())));
        return out.build();
    }

    private static String text(@Nullable String s) {
        return s == null ? "" : s;
    }

    private static Output output(Tensor t) {
        Output.Builder out = Output.newBuilder().setDatatype(t.datatype().name());
        for (int d = 1; d < t.shape().length && t.elements() != 1; d++) {
            out.addShape(t.shape()[d]);
        }
        Datatype datatype = t.datatype();
        for (int i = 0; i < t.elements(); i++) {
            switch (datatype) {
                case BYTES -> out.addStrings(t.strings()[i]);
                case FP16, FP32, FP64 -> out.addNumbers(t.number(i));
                case INT64, UINT64 -> out.addIntegers(t.data().getLong(8 * i));
                default -> out.addIntegers((long) t.number(i));
            }
        }
        return out.build();
    }
}
