package dev.millrace.server.engine;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.millrace.contract.config.ServingConfig.Gpu;
import dev.millrace.contract.config.ServingConfig.Model;
import dev.millrace.contract.config.ServingConfig.Server;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import dev.millrace.server.engine.LoadException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loaded model: on a CPU one session that all instances share. Close it only when no instance runs any more (a session closed
 * during a run is a crash of the process: microsoft/onnxruntime#21812).
 */
public final class OnnxModel implements AutoCloseable {
    /** The way to another thread and back costs as much. */
    private static final long INLINE_NANOS = 50_000;

    private final OrtEnvironment environment;
    private final Sessions sessions;
    /** On a CPU all runners share the first session; on a GPU each has its own, and the first one takes this. */
    private final boolean shared;

    private final AtomicReference<@Nullable OrtSession> first;

    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final String executionProvider;

    private OnnxModel(
            OrtEnvironment environment,
            Sessions sessions,
            OrtSession first,
            boolean shared,
            List<TensorSpec> inputs,
            List<TensorSpec> outputs,
            String executionProvider) {
        this.environment = environment;
        this.sessions = sessions;
        this.first = new AtomicReference<>(first);
        this.shared = shared;
        this.inputs = inputs;
        this.outputs = outputs;
        this.executionProvider = executionProvider;
    }

    /**
     * Verifies the digest, loads the file and checks its signature against the expected one.
     *
     * @throws LoadException with the reason for {@code status}
     */
    public static OnnxModel load(Model spec, Server server) throws LoadException {
        return load(spec, server.executionProviders(), server.gpu(), server.maxBatchSize(), OrtSetup::new);
    }

    /** With the providers' defaults. */
    public static OnnxModel load(Model spec, List<String> executionProviders) throws LoadException {
        return load(spec, executionProviders, null, 1, OrtSetup::new);
    }

    static OnnxModel load(
            Model spec,
            List<String> executionProviders,
            @Nullable Gpu gpu,
            int maxRows,
            Function<SessionOptions, SessionSetup> setup)
            throws LoadException {
        Path path = Path.of(spec.path());
        if (!Files.isRegularFile(path)) {
            throw new LoadException(
                    Reason.ModelFileMissing, "model.path: there is no file " + path + "; it is looked for again");
        }
        // before the digest, which reads all of it
        MemoryCheck.check(path, Path.of("/sys/fs/cgroup"), Path.of("/proc/meminfo"));
        Digests.check(path, spec.digest());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        ExecutionProvider.Wanted wanted = new ExecutionProvider.Wanted(
                executionProviders, gpu, spec.inputs(), maxRows, engineKey(environment, spec, path, gpu));
        Sessions sessions = new Sessions(environment, path, wanted, setup);
        OrtSession unused = null;
        try {
            OrtSession session = sessions.open();
            unused = session;
            List<TensorSpec> inputs = specs("input", session.getInputInfo());
            List<TensorSpec> outputs = specs("output", session.getOutputInfo());
            Signatures.check("inputs", spec.inputs(), inputs);
            Signatures.check("outputs", spec.outputs(), outputs);
            if (sessions.dependsOnInputs()) {
                unused = null;
                closeQuietly(session);
                sessions = sessions.withInputs(inputs);
                session = sessions.open();
                unused = session;
            }
            String provider = sessions.placement(inputs, outputs);
            unused = null;
            return new OnnxModel(environment, sessions, session, !wanted.needsGpu(), inputs, outputs, provider);
        } catch (OrtException e) {
            throw new LoadException(
                    Reason.ModelInvalid,
                    "model.path: " + path + " is not a model that ONNX Runtime " + environment.getVersion()
                            + " can load: " + e.getMessage(),
                    e);
        } finally {
            if (unused != null) {
                closeQuietly(unused);
            }
        }
    }

    private static String engineKey(OrtEnvironment environment, Model spec, Path path, @Nullable Gpu gpu)
            throws LoadException {
        if (gpu == null || gpu.engineCache() == null) {
            return "";
        }
        try {
            String digest = spec.digest() == null ? Digests.sha256(path) : spec.digest();
            String search = Objects.requireNonNullElse(System.getenv("LD_LIBRARY_PATH"), "");
            List<Path> libraries = Arrays.stream(search.split(":"))
                    .filter(d -> !d.isEmpty())
                    .map(Path::of)
                    .toList();
            return GpuIdentity.key(Path.of("/proc"), libraries, environment.getVersion(), digest);
        } catch (IOException e) {
            throw new LoadException(Reason.ModelFileMissing, "model.path: cannot read " + path + ": " + e, e);
        }
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

    /** The one that executes: CPU, CUDA or TensorRT; and where a GPU does not execute every node, which are on the CPU. */
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
        return shared ? INLINE_NANOS : 0;
    }

    /**
     * A runner for one thread. On a GPU it has a session of its own.
     *
     * @throws IllegalStateException caused by a {@link LoadException}: there is no room for another session
     */
    public Runner newRunner() {
        try {
            OrtSession session = shared ? first.get() : first.getAndSet(null);
            if (session == null) {
                session = sessions.open();
            }
            OrtSession own = session;
            OrtRunner runner = new OrtRunner(environment, own, inputs, outputs);
            return shared ? runner : new OneThread(runner, () -> closeQuietly(own));
        } catch (OrtException | LoadException e) {
            String why = "server.instances: no session for another instance: " + e.getMessage();
            throw new IllegalStateException(why, new LoadException(Reason.ModelInvalid, why, e));
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
        OrtSession session = first.getAndSet(null);
        if (session != null) {
            closeQuietly(session);
        }
    }
}
