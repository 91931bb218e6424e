package dev.millrace.devkit.generator;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What is spoken. */
enum Protocol {
    /** Open Inference Protocol, numbers in JSON. */
    REST_JSON(false, "/v2/models/%s/infer"),
    /** Open Inference Protocol with the binary tensor extension, both ways. */
    REST_BINARY(false, "/v2/models/%s/infer"),
    /** {@code ModelInfer} with raw contents. */
    GRPC_RAW(true, "/inference.GRPCInferenceService/ModelInfer"),
    /** {@code ModelInfer} with fp32_contents. */
    GRPC_TYPED(true, "/inference.GRPCInferenceService/ModelInfer"),
    /** Millrace's predict. */
    PREDICT(false, "/v2/models/%s/predict"),
    PREDICT_GRPC(true, "/millrace.v1.PredictService/Predict");

    private final boolean grpc;
    private final String path;

    Protocol(boolean grpc, String path) {
        this.grpc = grpc;
        this.path = path;
    }

    boolean isGrpc() {
        return grpc;
    }

    boolean isPredict() {
        return this == PREDICT || this == PREDICT_GRPC;
    }

    String path(String model) {
        return String.format(path, model);
    }

    /** {@code rest-json}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As an option's value. */
    static final class ByName implements ITypeConverter<Protocol> {
        @Override
        public Protocol convert(String text) {
            return Arrays.stream(values())
                    .filter(protocol -> protocol.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' is no protocol; there are "
                            + Arrays.stream(values()).map(Protocol::toString).collect(Collectors.joining(", "))));
        }
    }
}
