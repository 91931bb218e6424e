package dev.millrace.server.engine;

import ai.onnxruntime.OnnxJavaType;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime's element types and the protocol's. The Java API cannot carry UINT16, UINT32 and UINT64. */
final class OrtTypes {
    private OrtTypes() {}

    static @Nullable Datatype datatype(OnnxJavaType type) {
        return switch (type) {
            case FLOAT -> Datatype.FP32;
            case DOUBLE -> Datatype.FP64;
            case INT8 -> Datatype.INT8;
            case INT16 -> Datatype.INT16;
            case INT32 -> Datatype.INT32;
            case INT64 -> Datatype.INT64;
            case BOOL -> Datatype.BOOL;
            case STRING -> Datatype.BYTES;
            case UINT8 -> Datatype.UINT8;
            case FLOAT16 -> Datatype.FP16;
            default -> null;
        };
    }

    static OnnxJavaType type(Datatype datatype) {
        return switch (datatype) {
            case FP32 -> OnnxJavaType.FLOAT;
            case FP64 -> OnnxJavaType.DOUBLE;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
            case BYTES -> OnnxJavaType.STRING;
            case UINT8 -> OnnxJavaType.UINT8;
            case FP16 -> OnnxJavaType.FLOAT16;
            case UINT16, UINT32, UINT64 ->
                throw new IllegalArgumentException(datatype + " cannot be carried by ONNX Runtime's Java API");
        };
    }
}
