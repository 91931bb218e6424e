package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.config.ServingConfig.Gpu;
import dev.millrace.contract.config.ServingConfig.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** On a machine with a GPU, by {@code -Pgpu}. */
class CudaGpuIT {
    private static OnnxModel load(String... providers) throws Exception {
        Path path = Path.of(Objects.requireNonNull(CudaGpuIT.class.getResource("/models/score.onnx"))
                .toURI());
        return OnnxModel.load(
                new Model(path.toString(), "1", null, "onnx", List.of(), List.of()),
                List.of(providers),
                new Gpu(1L << 30, "FP32", null),
                32,
                OrtSetup::new);
    }

    @Test
    void answersAsTheCpuDoes() throws Exception {
        try (OnnxModel gpu = load("CUDA", "CPU");
                OnnxModel cpu = load("CPU");
                Runner a = gpu.newRunner();
                Runner b = cpu.newRunner()) {
            assertThat(gpu.executionProvider()).startsWith("CUDA");
            for (int run = 0; run < 200; run++) {
                int rows = 1 + run % 32;
                float[] values = new float[3 * rows];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (run * 7 + i * 3) % 11 - 5;
                }
                List<List<Tensor>> batch = List.of(List.of(Tensor.ofRows("input", values, rows)));
                Tensor expected = b.run(batch).get(1);
                Tensor found = a.run(batch).get(1);
                for (int i = 0; i < expected.elements(); i++) {
                    assertThat(found.number(i)).isCloseTo(expected.number(i), Offset.offset(1e-4));
                }
            }
        }
    }
}
