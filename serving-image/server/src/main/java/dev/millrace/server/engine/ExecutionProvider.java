package dev.millrace.server.engine;

import ai.onnxruntime.OrtException;
import dev.millrace.contract.config.ServingConfig.Gpu;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.LoadException.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One of {@code server.executionProviders}: the options with which it serves small models beside others. Those of CUDA keep
 * its memory flat, those of TensorRT keep what it builds.
 */
interface ExecutionProvider {
    String TENSOR_RT = "TensorRT";
    String CUDA = "CUDA";
    String CPU = "CPU";

    /** Its own keys and values, as ONNX Runtime has them. */
    Map<String, String> options(Wanted wanted);

    /**
     * What is asked for.
     *
     * @param providers in order of preference
     * @param inputs as the spec promises them; empty = not known before the file is loaded
     * @param maxRows of a batch
     * @param engineKey what a built engine is good for: {@link GpuIdentity#key}
     */
    record Wanted(List<String> providers, @Nullable Gpu gpu, List<TensorSpec> inputs, int maxRows, String engineKey) {
        /** Tensor cores may round: whoever asked for the full precision gets it. */
        boolean mayRound() {
            return gpu != null && !gpu.precision().equals("FP32");
        }

        boolean isInt8() {
            return gpu != null && gpu.precision().equals("INT8");
        }

        /** What is misspelt would otherwise be served by the CPU, or in another precision, and nobody would know. */
        void check() throws LoadException {
            for (String name : providers) {
                if (!List.of(TENSOR_RT, CUDA, CPU).contains(name)) {
                    throw new LoadException(
                            Reason.ModelInvalid,
                            "server.executionProviders: " + name + " is none of TensorRT, CUDA, CPU");
                }
            }
            if (gpu != null && !List.of("FP32", "FP16", "INT8").contains(gpu.precision())) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "server.gpu.precision: " + gpu.precision() + " is none of FP32, FP16, INT8");
            }
        }

        Wanted withInputs(List<TensorSpec> found) {
            return new Wanted(providers, gpu, found, maxRows, engineKey);
        }

        boolean needsGpu() {
            return providers.stream().anyMatch(p -> !p.equals(CPU));
        }
    }

    /** The one that executes what it can. */
    static String first(Wanted wanted) {
        return wanted.providers().stream()
                .filter(p -> !p.equals(CPU))
                .findFirst()
                .orElse(CPU);
    }

    /** Adds the providers to a session. */
    static void configure(SessionSetup setup, Wanted wanted) throws OrtException, LoadException {
        wanted.check();
        if (!wanted.needsGpu()) {
            return;
        }
        for (String name : wanted.providers()) {
            ExecutionProvider provider =
                    switch (name) {
                        case CUDA -> ExecutionProvider::cuda;
                        case TENSOR_RT -> ExecutionProvider::tensorRt;
                        // always there, and last
                        default -> null;
                    };
            if (provider == null) {
                continue;
            }
            if (!setup.isAvailable(name)) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "server.executionProviders: this image has no " + name + "; use the GPU image, or CPU");
            }
            setup.add(name, provider.options(wanted));
        }
        // buffers of the memory pattern are bound to a thread's stream: microsoft/onnxruntime#29351
        setup.memoryPattern(false);
        if (!wanted.providers().contains(CPU)) {
            // a node that the GPU cannot execute is a failed load, and not a silent detour for every request
            setup.entry("session.disable_cpu_ep_fallback", "1");
        }
    }

    private static Map<String, String> cuda(Wanted wanted) {
        Map<String, String> options = new LinkedHashMap<>();
        // the default doubles what it takes, up to all of the memory
        options.put("arena_extend_strategy", "kSameAsRequested");
        if (wanted.gpu() != null && wanted.gpu().memoryBytes() > 0) {
            options.put("gpu_mem_limit", Long.toString(wanted.gpu().memoryBytes()));
        }
        // the default tries every algorithm at the first run of each shape
        options.put("cudnn_conv_algo_search", "HEURISTIC");
        // 10 bits of mantissa: only who asked for less precision gets it
        options.put("use_tf32", wanted.mayRound() ? "1" : "0");
        return options;
    }

    private static Map<String, String> tensorRt(Wanted wanted) {
        Map<String, String> options = new LinkedHashMap<>();
        Gpu gpu = wanted.gpu();
        if (gpu != null && gpu.memoryBytes() > 0) {
            options.put("trt_max_workspace_size", Long.toString(gpu.memoryBytes()));
        }
        options.put("trt_fp16_enable", wanted.mayRound() ? "1" : "0");
        if (wanted.isInt8()) {
            options.put("trt_int8_enable", "1");
        }
        String cache = gpu == null ? null : gpu.engineCache();
        if (cache != null) {
            String path = Path.of(cache, wanted.engineKey()).toString();
            options.put("trt_engine_cache_enable", "1");
            options.put("trt_engine_cache_path", path);
            options.put("trt_timing_cache_enable", "1");
            options.put("trt_timing_cache_path", path);
        }
        String least = shapes(wanted.inputs(), 1);
        if (least != null) {
            options.put("trt_profile_min_shapes", least);
            options.put("trt_profile_opt_shapes", String.valueOf(shapes(wanted.inputs(), wanted.maxRows())));
            options.put("trt_profile_max_shapes", String.valueOf(shapes(wanted.inputs(), wanted.maxRows())));
        }
        return options;
    }

    /** {@code input:8x64,other:8x3}; null when a dimension besides the rows may vary, or nothing is promised. */
    private static @Nullable String shapes(List<TensorSpec> inputs, int rows) {
        List<String> all = new ArrayList<>();
        for (TensorSpec spec : inputs) {
            List<String> dims = new ArrayList<>();
            for (int i = 0; i < spec.shape().size(); i++) {
                long dim = spec.shape().get(i);
                if (dim < 0 && i > 0) {
                    return null;
                }
                dims.add(Long.toString(dim < 0 ? rows : dim));
            }
            all.add(spec.name() + ":" + String.join("x", dims));
        }
        return all.isEmpty() ? null : String.join(",", all);
    }
}
