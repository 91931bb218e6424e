package dev.millrace.server.protocol;

import com.google.protobuf.ByteString;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.Datatype;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.InferCall;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.proto.inference.InferParameter;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import dev.millrace.server.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.millrace.server.proto.inference.ModelInferResponse;
import dev.millrace.server.proto.inference.ModelInferResponse.InferOutputTensor;
import dev.millrace.server.proto.inference.ModelMetadataResponse;
import dev.millrace.server.proto.inference.ModelMetadataResponse.TensorMetadata;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Protobuf of infer calls: typed contents or raw, answered as asked. */
final class InferProto {
    private InferProto() {}

    /** {@code grpcTimeoutMs}: of the call; 0 = none. */
    static InferCall decode(ModelInferRequest request, long grpcTimeoutMs, long startNanos, boolean warmup) {
        boolean raw = request.getRawInputContentsCount() > 0;
        if (request.getInputsCount() == 0) {
            throw CallException.invalid("inputs: is required");
        }
        if (raw && request.getRawInputContentsCount() != request.getInputsCount()) {
            throw CallException.invalid("raw_input_contents: has " + request.getRawInputContentsCount()
                    + " elements for " + request.getInputsCount() + " inputs");
        }
        List<Tensor> inputs = new ArrayList<>();
        for (int i = 0; i < request.getInputsCount(); i++) {
            InferInputTensor in = request.getInputs(i);
            Datatype datatype = Datatype.of(in.getDatatype());
            if (datatype == null) {
                throw CallException.invalid("inputs[" + in.getName() + "].datatype: there is no " + in.getDatatype());
            }
            if (raw && in.hasContents()) {
                throw CallException.invalid(
                        "inputs[" + in.getName() + "].contents: excludes raw_input_contents, use one of them");
            }
            long[] shape = in.getShapeList().stream().mapToLong(Long::longValue).toArray();
            inputs.add(
                    raw
                            ? RawContents.read(in.getName(), datatype, shape, request.getRawInputContents(i))
                            : ProtoContents.read(in.getName(), datatype, shape, in.getContents()));
        }
        List<String> outputs = request.getOutputsList().stream()
                .map(InferRequestedOutputTensor::getName)
                .toList();
        return new InferCall(
                request.getId(),
                inputs,
                outputs,
                timeout(request, grpcTimeoutMs),
                isUrgent(request),
                startNanos,
                warmup);
    }

    /** The shorter of the call's own deadline and {@code parameters.timeout} (microseconds). */
    private static double timeout(ModelInferRequest request, long grpcTimeoutMs) {
        InferParameter p = request.getParametersMap().get("timeout");
        double ms = p == null
                ? 0
                : switch (p.getParameterChoiceCase()) {
                    case INT64_PARAM -> p.getInt64Param() / 1000.0;
                    case UINT64_PARAM -> p.getUint64Param() / 1000.0;
                    case DOUBLE_PARAM -> p.getDoubleParam() / 1000.0;
                    default -> throw CallException.invalid("parameters.timeout: must be microseconds");
                };
        if (ms < 0) {
            throw CallException.invalid("parameters.timeout: must be microseconds, 0 or more");
        }
        return shorter(ms, grpcTimeoutMs);
    }

    /** {@code parameters.priority}: 1 is the highest, 0 the model's own. */
    private static boolean isUrgent(ModelInferRequest request) {
        InferParameter p = request.getParametersMap().get("priority");
        long priority = p == null
                ? 0
                : switch (p.getParameterChoiceCase()) {
                    case INT64_PARAM -> p.getInt64Param();
                    case UINT64_PARAM -> p.getUint64Param() == 1 ? 1 : 0;
                    default -> -1;
                };
        if (priority < 0) {
            throw CallException.invalid("parameters.priority: must be a whole number, 0 or more");
        }
        return priority == 1;
    }

    /** Of two timeouts of which 0 means none. */
    static double shorter(double a, double b) {
        return a <= 0 ? Math.max(0, b) : b <= 0 ? a : Math.min(a, b);
    }

    static ModelInferResponse encode(String model, String version, String id, List<Tensor> outputs, boolean raw) {
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(model)
                .setModelVersion(version)
                .setId(id);
        for (Tensor t : outputs) {
            InferOutputTensor.Builder out = InferOutputTensor.newBuilder()
                    .setName(t.name())
                    .setDatatype(t.datatype().name());
            for (long d : t.shape()) {
                out.addShape(d);
            }
            if (raw || t.datatype() == Datatype.FP16) {
                // half precision has no typed contents: such an answer is raw throughout
                raw = true;
            }
            response.addOutputs(out);
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (raw) {
                response.addRawOutputContents(RawContents.write(outputs.get(i)));
            } else {
                response.getOutputsBuilder(i).setContents(ProtoContents.write(outputs.get(i)));
            }
        }
        return response.build();
    }

    static ModelMetadataResponse metadata(String name, ServedModel model) {
        ModelMetadataResponse.Builder response = ModelMetadataResponse.newBuilder()
                .setName(name)
                .addVersions(model.version())
                .setPlatform(Served.PLATFORM);
        model.model().inputs().forEach(s -> response.addInputs(tensor(s)));
        model.model().outputs().forEach(s -> response.addOutputs(tensor(s)));
        return response.build();
    }

    private static TensorMetadata tensor(TensorSpec spec) {
        return TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.datatype())
                .addAllShape(spec.shape())
                .build();
    }

    /** Elements that a shape has; refuses negative dimensions and products beyond {@code limit}. */
    static int elements(String name, long[] shape, long limit) {
        long n = 1;
        for (long d : shape) {
            if (d < 0) {
                throw CallException.invalid("inputs[" + name + "].shape: has the negative dimension " + d);
            }
            if (d != 0 && n > limit / d) {
                throw CallException.invalid("inputs[" + name + "].contents: has fewer elements than the shape");
            }
            n *= d;
        }
        return (int) n;
    }

    /** For {@code bytes} fields without a copy of the builder. */
    static ByteString bytes(ByteBuffer data) {
        return ByteString.copyFrom(data.duplicate().rewind());
    }
}
