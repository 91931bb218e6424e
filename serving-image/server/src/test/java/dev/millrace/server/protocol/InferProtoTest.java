package dev.millrace.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.predict.CallException;
import dev.millrace.server.predict.InferCall;
import dev.millrace.server.proto.inference.InferParameter;
import dev.millrace.server.proto.inference.InferTensorContents;
import dev.millrace.server.proto.inference.ModelInferRequest;
import dev.millrace.server.proto.inference.ModelInferRequest.InferInputTensor;
import org.junit.jupiter.api.Test;

class InferProtoTest {
    private static ModelInferRequest.Builder request() {
        return ModelInferRequest.newBuilder()
                .addInputs(InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("FP32")
                        .addShape(1)
                        .setContents(InferTensorContents.newBuilder().addFp32Contents(1)));
    }

    private static InferCall decode(String parameter, InferParameter.Builder value) {
        return InferProto.decode(
                request().putParameters(parameter, value.build()).build(), 0, 0, false);
    }

    private static InferParameter.Builder param() {
        return InferParameter.newBuilder();
    }

    @Test
    void oneIsTheHighestPriority() {
        assertThat(InferProto.decode(request().build(), 0, 0, false).urgent()).isFalse();
        assertThat(decode("priority", param().setUint64Param(1)).urgent()).isTrue();
        assertThat(decode("priority", param().setInt64Param(1)).urgent()).isTrue();
        assertThat(decode("priority", param().setInt64Param(0)).urgent()).isFalse();
        assertThat(decode("priority", param().setUint64Param(-1)).urgent()).isFalse();
        assertThatThrownBy(() -> decode("priority", param().setInt64Param(-1)))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("parameters.priority");
        assertThatThrownBy(() -> decode("priority", param().setStringParam("1")))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("parameters.priority");
    }

    @Test
    void theShorterTimeoutCounts() {
        ModelInferRequest request = request()
                .putParameters("timeout", param().setInt64Param(3_000).build())
                .build();
        assertThat(InferProto.decode(request, 0, 0, false).timeoutMs()).isEqualTo(3);
        assertThat(InferProto.decode(request, 2, 0, false).timeoutMs()).isEqualTo(2);
        assertThat(InferProto.decode(request, 5, 0, false).timeoutMs()).isEqualTo(3);
        assertThatThrownBy(() -> decode("timeout", param().setBoolParam(true)))
                .isInstanceOf(CallException.class)
                .hasMessageContaining("parameters.timeout");
    }
}
