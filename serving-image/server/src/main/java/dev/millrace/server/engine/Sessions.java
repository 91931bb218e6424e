package dev.millrace.server.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.millrace.contract.config.ServingConfig.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sessions of one model file, all with the same options. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final OrtEnvironment environment;
    private final Path path;
    private final ExecutionProvider.Wanted wanted;
    private final Function<SessionOptions, SessionSetup> setup;

    Sessions(
            OrtEnvironment environment,
            Path path,
            ExecutionProvider.Wanted wanted,
            Function<SessionOptions, SessionSetup> setup) {
        this.environment = environment;
        this.path = path;
        this.wanted = wanted;
        this.setup = setup;
    }

    /** The same, for inputs that were not known before the file was opened. */
    Sessions withInputs(List<TensorSpec> inputs) {
        return new Sessions(environment, path, wanted.withInputs(inputs), setup);
    }

    /** Whether a session opened by what the file itself says of its inputs would be another one. */
    boolean dependsOnInputs() {
        return wanted.inputs().isEmpty() && wanted.providers().contains(ExecutionProvider.TENSOR_RT);
    }

    OrtSession open() throws OrtException, LoadException {
        try (SessionOptions options = options()) {
            ExecutionProvider.configure(setup.apply(options), wanted);
            return environment.createSession(path.toString(), options);
        }
    }

    private static SessionOptions options() throws OrtException {
        SessionOptions options = new SessionOptions();
        // one thread per run and no spinning: instances give the parallelism, and a spinning pool burns the CPU quota
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }

    /** The provider that executes; and what the CPU executes in its place, where it may. */
    String placement(List<TensorSpec> inputs, List<TensorSpec> outputs) throws LoadException {
        String provider = ExecutionProvider.first(wanted);
        if (!wanted.needsGpu() || !wanted.providers().contains(ExecutionProvider.CPU)) {
            return provider;
        }
        try {
            String said = profile(inputs, outputs).describe(provider);
            if (!said.equals(provider)) {
                LOG.warn("{}: {}; each of these is a way to the host and back", path, said);
            }
            return said;
        } catch (OrtException | IOException | ModelException e) {
            // it serves all the same; and what fails for good, the calibration says
            return provider + "; nodes may be on CPU: " + e.getMessage();
        }
    }

    /** One run of zeros under the profiler. */
    private NodePlacement profile(List<TensorSpec> inputs, List<TensorSpec> outputs)
            throws OrtException, LoadException, IOException, ModelException {
        Path directory = Files.createTempDirectory("millrace-profile");
        try (SessionOptions options = options()) {
            options.enableProfiling(directory.resolve("run").toString());
            ExecutionProvider.configure(setup.apply(options), wanted);
            Path profile;
            try (OrtSession session = environment.createSession(path.toString(), options)) {
                try (Runner runner = new OrtRunner(environment, session, inputs, outputs)) {
                    runner.run(List.of(Calibration.zeros(inputs, 1)));
                } finally {
                    profile = Path.of(session.endProfiling());
                }
            }
            return NodePlacement.read(profile);
        } finally {
            try (Stream<Path> left = Files.list(directory)) {
                for (Path file : left.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(directory);
        }
    }
}
