package dev.millrace.server.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.LoadException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A loaded model: one session that all instances share. Close it only when no instance runs any more (a session closed
 * during a run is a crash of the process: microsoft/onnxruntime#21812).
 */
public final class OnnxModel implements AutoCloseable {
    /** The way to another thread and back costs as much. */
    private static final long INLINE_NANOS = 50_000;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final String executionProvider;

    private OnnxModel(
            OrtEnvironment environment,
            OrtSession session,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            String executionProvider) {
        this.environment = environment;
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
        this.executionProvider = executionProvider;
    }

    /**
     * Verifies the digest, loads the file and checks its signature against the expected one.
     *
     * @throws LoadException with the reason for {@code status}
     */
    public static OnnxModel load(Model spec, List<String> executionProviders) throws LoadException {
        Path path = Path.of(spec.path());
        if (!Files.isRegularFile(path)) {
            throw new LoadException(
                    Reason.ModelFileMissing, "model.path: there is no file " + path + "; it is looked for again");
        }
        Digests.check(path, spec.digest());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        OrtSession session;
        String provider;
        try (SessionOptions options = new SessionOptions()) {
            // one thread per run and no spinning: instances give the parallelism, and a spinning pool burns the CPU
            // quota
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            options.addConfigEntry("session.inter_op.allow_spinning", "0");
            provider = provider(options, executionProviders);
            session = environment.createSession(path.toString(), options);
        } catch (OrtException e) {
            throw new LoadException(
                    Reason.ModelInvalid,
                    "model.path: " + path + " is not a model that ONNX Runtime " + environment.getVersion()
                            + " can load: " + e.getMessage(),
                    e);
        }
        try {
            List<TensorSpec> inputs = specs("input", session.getInputInfo());
            List<TensorSpec> outputs = specs("output", session.getOutputInfo());
            Signatures.check("inputs", spec.inputs(), inputs);
            Signatures.check("outputs", spec.outputs(), outputs);
            return new OnnxModel(environment, session, inputs, outputs, provider);
        } catch (OrtException e) {
            closeQuietly(session);
            throw new LoadException(Reason.ModelInvalid, "model.path: " + path + ": " + e.getMessage(), e);
        } catch (LoadException e) {
            closeQuietly(session);
            throw e;
        }
    }

    private static String provider(SessionOptions options, List<String> wanted) throws OrtException, LoadException {
        String first = "CPU";
        for (String name : wanted) {
            OrtProvider needed =
                    switch (name) {
                        case "CUDA" -> OrtProvider.CUDA;
                        case "TensorRT" -> OrtProvider.TENSOR_RT;
                        default -> OrtProvider.CPU;
                    };
            if (needed == OrtProvider.CPU) {
                continue;
            }
            if (!OrtEnvironment.getAvailableProviders().contains(needed)) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "server.executionProviders: this image has no " + name + "; use the GPU image, or CPU");
            }
            if (needed == OrtProvider.CUDA) {
                options.addCUDA();
                // buffers of the memory pattern are bound to a thread's stream: microsoft/onnxruntime#29351
                options.setMemoryPatternOptimization(false);
            } else {
                options.addTensorrt(0);
            }
            first = first.equals("CPU") ? name : first;
        }
        return first;
    }

    private static List<TensorSpec> specs(String side, Map<String, NodeInfo> nodes) throws LoadException {
        List<TensorSpec> specs = new ArrayList<>();
        for (Map.Entry<String, NodeInfo> node : nodes.entrySet()) {
            String name = node.getKey();
            if (!(node.getValue().getInfo() instanceof TensorInfo info)) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "the model's " + side + " " + name + " is not a tensor: convert it with zipmap=False");
            }
            Datatype datatype = OrtTypes.datatype(info.type);
            if (datatype == null) {
                throw new LoadException(
                        Reason.ModelInvalid,
                        "the model's " + side + " " + name + " has datatype " + info.onnxType
                                + ", which cannot be served");
            }
            specs.add(new TensorSpec(
                    name,
                    datatype.name(),
                    Arrays.stream(info.getShape()).boxed().toList()));
        }
        return List.copyOf(specs);
    }

    /** In the order of the file; -1 is a dimension that may vary. */
    public List<TensorSpec> inputs() {
        return inputs;
    }

    public List<TensorSpec> outputs() {
        return outputs;
    }

    /** The one that executes: CPU, CUDA or TensorRT. */
    public String executionProvider() {
        return executionProvider;
    }

    /** Whether rows of different requests may be merged: every first dimension may vary. */
    public boolean isBatchable() {
        return varies(inputs) && varies(outputs);
    }

    private static boolean varies(List<TensorSpec> specs) {
        return specs.stream().allMatch(s -> !s.shape().isEmpty() && s.shape().get(0) == -1);
    }

    /** Executions of less may run on the thread that submits them; 0 = never. */
    public long inlineNanos() {
        // a session on a GPU belongs to one thread
        return executionProvider.equals("CPU") ? INLINE_NANOS : 0;
    }

    /** A runner for one thread. */
    public Runner newRunner() {
        try {
            return new OrtRunner(environment, session, inputs, outputs);
        } catch (OrtException e) {
            throw new IllegalStateException("no run options: " + e.getMessage(), e);
        }
    }

    private static void closeQuietly(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("a session that was opened can be closed", e);
        }
    }

    @Override
    public void close() {
        closeQuietly(session);
    }
}
