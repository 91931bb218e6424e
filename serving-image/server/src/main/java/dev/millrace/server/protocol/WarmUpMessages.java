package dev.millrace.server.protocol;

import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.predict.Entity;
import dev.millrace.server.proto.predict.PredictRequest;
import dev.millrace.server.proto.predict.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The gRPC messages that the server sends itself. */
public final class WarmUpMessages {
    private WarmUpMessages() {}

    /** An infer request; typed where the datatypes allow it. */
    public static byte[] infer(String model, List<Tensor> inputs) {
        boolean raw = inputs.stream().anyMatch(t -> t.datatype() == Datatype.FP16);
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
        for (Tensor t : inputs) {
            InferInputTensor.Builder in = InferInputTensor.newBuilder()
                    .setName(t.name())
                    .setDatatype(t.datatype().name());
            Arrays.stream(t.shape()).forEach(in::addShape);
            if (raw) {
                request.addRawInputContents(RawContents.write(t));
            } else {
                in.setContents(ProtoContents.write(t));
            }
            request.addInputs(in);
        }
        return request.build().toByteArray();
    }

    /** {@code entity} may be empty: then the call names none. */
    public static byte[] predict(
            Iterable<Map.Entry<String, Object>> entity, Iterable<Map.Entry<String, Object>> inputs) {
        PredictRequest.Builder request = PredictRequest.newBuilder().setExplain(true);
        Entity.Builder keys = Entity.newBuilder();
        entity.forEach(e -> keys.putKeys(e.getKey(), value(e.getValue())));
        if (keys.getKeysCount() > 0) {
            request.addEntities(keys);
        }
        inputs.forEach(e -> request.putInputs(e.getKey(), value(e.getValue())));
        return request.build().toByteArray();
    }

    private static Value value(Object v) {
        return v instanceof Long n
                ? Value.newBuilder().setInt64Value(n).build()
                : Value.newBuilder().setStringValue(String.valueOf(v)).build();
    }
}
