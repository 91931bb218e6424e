package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.LoadException.Reason;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
    @TempDir
    Path dir;

    private static Path file(String name) throws URISyntaxException {
        return Path.of(java.util.Objects.requireNonNull(OnnxModelTest.class.getResource("/models/" + name))
                .toURI());
    }

    private static Model spec(Path path, @Nullable String digest, TensorSpec... inputs) {
        return new Model(path.toString(), "1", digest, "onnx", List.of(inputs), List.of());
    }

    private static LoadException failure(Model spec) {
        return catchThrowableOfType(LoadException.class, () -> OnnxModel.load(spec, List.of("CPU")));
    }

    @Test
    void saysItsSignatureAndScores() throws Exception {
        Path path = file("score.onnx");
        try (OnnxModel model = OnnxModel.load(spec(path, Digests.sha256(path)), List.of("CPU"))) {
            assertThat(model.inputs()).containsExactly(new TensorSpec("input", "FP32", List.of(-1L, 3L)));
            assertThat(model.outputs().stream().map(TensorSpec::name)).containsExactly("label", "probabilities");
            assertThat(model.isBatchable()).isTrue();
            try (Runner runner = model.newRunner()) {
                Tensor a = Tensor.ofRows("input", new float[] {0, 0, 0}, 1);
                Tensor b = Tensor.ofRows("input", new float[] {1000, 6, 1, 0, 6, 0}, 2);
                List<Tensor> out = runner.run(List.of(List.of(a), List.of(b)));
                assertThat(out.get(0).shape()).containsExactly(3);
                assertThat(out.get(1).shape()).containsExactly(3, 2);
                assertThat(out.get(1).number(1)).isCloseTo(0.0474, org.assertj.core.data.Offset.offset(1e-3));
                assertThat(out.get(1).number(3)).isCloseTo(0.8808, org.assertj.core.data.Offset.offset(1e-3));
                assertThat(out.get(0).number(0)).isZero();
                assertThat(out.get(0).number(1)).isEqualTo(1);
            }
            Calibration calibration = Calibration.measure(model, 3, new ServiceTimes(3));
            assertThat(calibration.meanNanos()).containsOnlyKeys(1, 2, 3);
            assertThat(calibration.meanNanos().values()).allMatch(n -> n > 0);
        }
    }

    @Test
    void everyReasonNamesTheFieldAndTheCure() throws Exception {
        LoadException missing = failure(spec(dir.resolve("none.onnx"), null));
        assertThat(missing.reason()).isEqualTo(Reason.ModelFileMissing);
        assertThat(missing).hasMessageContaining("none.onnx");

        LoadException digest = failure(spec(file("score.onnx"), "sha256:" + "0".repeat(64)));
        assertThat(digest.reason()).isEqualTo(Reason.DigestMismatch);
        assertThat(digest).hasMessageContaining("model.digest");

        Path text = dir.resolve("text.onnx");
        write(text, "this is no model");
        LoadException invalid = failure(spec(text, null));
        assertThat(invalid.reason()).isEqualTo(Reason.ModelInvalid);
        assertThat(invalid).hasMessageContaining("text.onnx");

        LoadException datatype =
                failure(spec(file("score.onnx"), null, new TensorSpec("input", "FP64", List.of(-1L, 3L))));
        assertThat(datatype.reason()).isEqualTo(Reason.SignatureMismatch);
        assertThat(datatype).hasMessageContaining("model.inputs[input]").hasMessageContaining("FP32");

        LoadException shape =
                failure(spec(file("score.onnx"), null, new TensorSpec("input", "FP32", List.of(-1L, 4L))));
        assertThat(shape.reason()).isEqualTo(Reason.SignatureMismatch);

        LoadException name = failure(spec(file("score.onnx"), null, new TensorSpec("x", "FP32", List.of(-1L, 3L))));
        assertThat(name).hasMessageContaining("[input]");

        LoadException gpu = catchThrowableOfType(
                LoadException.class, () -> OnnxModel.load(spec(file("score.onnx"), null), List.of("CUDA")));
        assertThat(gpu).hasMessageContaining("server.executionProviders");
    }

    private static void write(Path path, String text) throws IOException {
        Files.writeString(path, text);
    }
}
