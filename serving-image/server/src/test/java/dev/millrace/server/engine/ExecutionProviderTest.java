package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.millrace.contract.config.ServingConfig.Gpu;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a GPU: what would be asked of the runtime. */
class ExecutionProviderTest {
    @TempDir
    Path dir;

    /** Has every provider, and notes what is asked of it; the session itself is executed by the CPU. */
    private static final class Recorder implements SessionSetup {
        final Map<String, Map<String, String>> added = new LinkedHashMap<>();
        final Map<String, String> entries = new LinkedHashMap<>();
        final List<Boolean> pattern = new ArrayList<>();
        int sessions;
        int room = Integer.MAX_VALUE;

        @Override
        public boolean isAvailable(String provider) {
            return true;
        }

        @Override
        public void add(String provider, Map<String, String> options) throws OrtException {
            if (sessions > room) {
                throw new OrtException("CUDA failure 2: out of memory");
            }
            added.put(provider, options);
        }

        @Override
        public void memoryPattern(boolean on) {
            pattern.add(on);
        }

        @Override
        public void entry(String key, String value) {
            entries.put(key, value);
        }
    }

    private static Recorder configure(@Nullable Gpu gpu, String... providers) throws Exception {
        Recorder recorder = new Recorder();
        List<TensorSpec> inputs = List.of(new TensorSpec("input", "FP32", List.of(-1L, 64L)));
        ExecutionProvider.configure(
                recorder, new ExecutionProvider.Wanted(List.of(providers), gpu, inputs, 32, "h100_trt10_ort1_ab"));
        return recorder;
    }

    @Test
    void cudaKeepsToItsMemoryAndItsPrecision() throws Exception {
        Recorder r = configure(new Gpu(2_000_000_000L, "FP32", null), "CUDA");
        assertThat(r.added)
                .containsOnly(Map.entry(
                        "CUDA",
                        Map.of(
                                "arena_extend_strategy",
                                "kSameAsRequested",
                                "gpu_mem_limit",
                                "2000000000",
                                "cudnn_conv_algo_search",
                                "HEURISTIC",
                                "use_tf32",
                                "0")));
        assertThat(r.pattern).containsExactly(false);
        assertThat(r.entries).containsExactly(Map.entry("session.disable_cpu_ep_fallback", "1"));
        assertThat(configure(null, "CUDA").added.get("CUDA")).doesNotContainKey("gpu_mem_limit");
        assertThat(configure(new Gpu(0, "FP16", null), "CUDA").added.get("CUDA"))
                .containsEntry("use_tf32", "1");
    }

    @Test
    void theCpuHelpsOnlyWhereItIsNamed() throws Exception {
        assertThat(configure(null, "CUDA", "CPU").entries).isEmpty();
        Recorder cpu = configure(null, "CPU");
        assertThat(cpu.added).isEmpty();
        assertThat(cpu.entries).isEmpty();
        assertThat(cpu.pattern).isEmpty();
    }

    @Test
    void tensorRtKeepsWhatItBuilds() throws Exception {
        Recorder r = configure(new Gpu(1_000, "FP16", "/cache"), "TensorRT", "CUDA");
        assertThat(r.added.keySet()).containsExactly("TensorRT", "CUDA");
        assertThat(r.added.get("TensorRT"))
                .containsEntry("trt_fp16_enable", "1")
                .containsEntry("trt_max_workspace_size", "1000")
                .containsEntry("trt_engine_cache_enable", "1")
                .containsEntry("trt_engine_cache_path", "/cache/h100_trt10_ort1_ab")
                .containsEntry("trt_timing_cache_enable", "1")
                .containsEntry("trt_timing_cache_path", "/cache/h100_trt10_ort1_ab")
                .containsEntry("trt_profile_min_shapes", "input:1x64")
                .containsEntry("trt_profile_opt_shapes", "input:32x64")
                .containsEntry("trt_profile_max_shapes", "input:32x64");
        assertThat(configure(null, "TensorRT").added.get("TensorRT"))
                .doesNotContainKey("trt_engine_cache_path")
                .containsEntry("trt_fp16_enable", "0");
    }

    @Test
    void anEngineIsKnownByAllThatItDependsOn() throws Exception {
        Path gpu = Files.createDirectories(dir.resolve("proc/driver/nvidia/gpus/0000:01:00.0"));
        Files.writeString(gpu.resolve("information"), "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 1\n");
        Path lib = Files.createDirectories(dir.resolve("lib"));
        Files.createFile(lib.resolve("libnvinfer.so.10.9.0"));
        Files.createFile(lib.resolve("libnvinfer.so.10"));
        assertThat(GpuIdentity.key(dir.resolve("proc"), List.of(lib, dir.resolve("no")), "1.28.0", "sha256:ab12"))
                .isEqualTo("nvidia-h100-80gb-hbm3_trt10.9.0_ort1.28.0_ab12");
        assertThat(GpuIdentity.key(dir.resolve("none"), List.of(), "1.28.0", "ff"))
                .isEqualTo("gpu_trt_ort1.28.0_ff");
    }

    @Test
    void whatIsMisspeltIsRefusedAndNotServedByTheCpu() {
        assertThatThrownBy(() -> configure(null, "Cuda"))
                .isInstanceOf(LoadException.class)
                .hasMessage("server.executionProviders: Cuda is none of TensorRT, CUDA, CPU");
        assertThatThrownBy(() -> configure(new Gpu(0, "FP8", null), "CUDA"))
                .isInstanceOf(LoadException.class)
                .hasMessage("server.gpu.precision: FP8 is none of FP32, FP16, INT8");
    }

    @Test
    void aQuantisedModelMayRound() throws Exception {
        assertThat(configure(new Gpu(0, "INT8", null), "TensorRT").added.get("TensorRT"))
                .containsEntry("trt_int8_enable", "1")
                .containsEntry("trt_fp16_enable", "1");
        assertThat(configure(new Gpu(0, "FP16", null), "TensorRT").added.get("TensorRT"))
                .doesNotContainKey("trt_int8_enable");
    }

    /** Else TensorRT would build an engine for each batch size that comes, while its caller waits. */
    @Test
    void tensorRtIsToldTheShapesThatTheFileHas() throws Exception {
        Recorder recorder = new Recorder();
        try (OnnxModel model = load(recorder, "TensorRT")) {
            assertThat(model.executionProvider()).isEqualTo("TensorRT");
            assertThat(recorder.added.get("TensorRT"))
                    .containsEntry("trt_profile_min_shapes", "input:1x3")
                    .containsEntry("trt_profile_max_shapes", "input:4x3");
        }
    }

    @Test
    void anInstanceForWhichThereIsNoRoomIsSaidAndTheOthersAreClosed() throws Exception {
        Recorder recorder = new Recorder();
        recorder.room = 1;
        try (OnnxModel model = load(recorder, "CUDA")) {
            List<Runner> closed = new ArrayList<>();
            assertThatThrownBy(() -> new BatchScheduler(
                            new SchedulerLimits(2, 4, 8, 8, 0, 0),
                            () -> new OneThread(model.newRunner(), () -> closed.add(null)),
                            new ServiceTimes(4),
                            1,
                            BatchScheduler.Observer.NONE,
                            System::nanoTime))
                    .hasMessageStartingWith("server.instances: no session for another instance: ")
                    .hasCauseInstanceOf(LoadException.class);
            assertThat(closed).hasSize(1);
        }
    }

    private static String file() throws Exception {
        return Path.of(Objects.requireNonNull(ExecutionProviderTest.class.getResource("/models/score.onnx"))
                        .toURI())
                .toString();
    }

    private static OnnxModel load(Recorder recorder, String... providers) throws Exception {
        return OnnxModel.load(
                new Model(file(), "1", null, "onnx", List.of(), List.of()), List.of(providers), null, 4, options -> {
                    recorder.sessions++;
                    return recorder;
                });
    }

    /** On a GPU each instance has a session of its own, and that runs on its thread alone. */
    @Test
    void eachRunnerOfAGpuHasItsSessionAndItsThread() throws Exception {
        Recorder recorder = new Recorder();
        Tensor in = Tensor.ofRows("input", new float[] {1, 2, 3}, 1);
        try (OnnxModel model = load(recorder, "CUDA")) {
            assertThat(model.executionProvider()).isEqualTo("CUDA");
            assertThat(model.inlineNanos()).as("never on the loop that submits").isZero();
            int before = recorder.sessions;
            try (Runner a = model.newRunner();
                    Runner b = model.newRunner()) {
                assertThat(recorder.sessions)
                        .as("the first takes the one of the load")
                        .isEqualTo(before + 1);
                assertThat(a.run(List.of(List.of(in)))).hasSize(2);
                CompletableFuture<Void> elsewhere = CompletableFuture.runAsync(() -> {
                    assertThatThrownBy(() -> a.run(List.of(List.of(in))))
                            .isInstanceOf(ModelException.class)
                            .hasMessageContaining("only");
                    try {
                        b.run(List.of(List.of(in)));
                    } catch (ModelException e) {
                        throw new IllegalStateException(e);
                    }
                });
                elsewhere.join();
            }
        }
        Recorder cpu = new Recorder();
        try (OnnxModel model = load(cpu, "CPU");
                Runner a = model.newRunner()) {
            assertThat(model.inlineNanos()).isPositive();
            assertThat(a.run(List.of(List.of(in)))).hasSize(2);
            assertThat(cpu.sessions).as("all share one").isEqualTo(1);
        }
    }

    /** This "GPU" executes nothing: every node is the CPU's, and that is said. */
    @Test
    void whatTheCpuExecutesInPlaceOfAGpuIsSaid() throws Exception {
        try (OnnxModel model = load(new Recorder(), "CUDA", "CPU")) {
            assertThat(model.executionProvider())
                    .matches("CUDA; (\\d+) of \\1 nodes on CPU: .*")
                    .contains("Concat");
        }
        NodePlacement none = new NodePlacement(Map.of("CUDAExecutionProvider", 7), java.util.Set.of());
        assertThat(none.describe("CUDA")).isEqualTo("CUDA");
    }
}
