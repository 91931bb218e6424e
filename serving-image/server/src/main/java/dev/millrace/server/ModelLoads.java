package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.engine.BatchScheduler;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.engine.Digests;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.engine.OnnxModel;
import dev.millrace.server.engine.SchedulerLimits;
import dev.millrace.server.engine.ServiceTimes;
import dev.millrace.server.features.VectorPlan;
import dev.millrace.server.loader.Note;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.Ranker;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.predict.ThresholdRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** From a document to a model that is verified, calibrated and has its scheduler. */
final class ModelLoads {
    /** A loader hears of another model when the server does, give or take its own start. */
    private static final long LOADER_NANOS = TimeUnit.SECONDS.toNanos(3);

    private ModelLoads() {}

    /** What can be said of the file without loading it: it is there, and it is the one that is meant. */
    static void verify(ServingConfig.Model spec) throws LoadException {
        present(spec);
        Digests.check(Path.of(spec.path()), spec.digest());
    }

    /** Fails in the words of the loader, where one stands beside the server. */
    static void present(ServingConfig.Model spec) throws LoadException {
        Path path = Path.of(spec.path());
        if (!Files.isRegularFile(path)) {
            Note note = Note.of(path);
            if (note != null && !note.word().equals(Note.FETCHING)) {
                throw new LoadException(
                        note.word().equals(LoadException.Reason.DigestMismatch.name())
                                ? LoadException.Reason.DigestMismatch
                                : LoadException.Reason.ModelFileMissing,
                        note.message());
            }
            throw new LoadException(
                    LoadException.Reason.ModelFileMissing,
                    "model.path: there is no file " + path + "; it is looked for again");
        }
    }

    /** A loader fetches the file, or may be about to. */
    static boolean mayCome(ServingConfig.Model spec, long waitedNanos) {
        Path path = Path.of(spec.path());
        if (Files.isRegularFile(path)) {
            return false;
        }
        Note note = Note.of(path);
        return note == null ? waitedNanos < LOADER_NANOS : note.word().equals(Note.FETCHING);
    }

    /**
     * @param plan null = the spec has no features
     * @param version counts what the model executes once callers are answered by it
     */
    static ServedModel load(@Nullable VectorPlan plan, ModelVersion version) throws LoadException {
        ServingConfig config = version.config();
        OnnxModel model = OnnxModel.load(config.model(), config.server());
        try {
            ServedModel.checkVector(plan, model.inputs());
            new ThresholdRule(config.threshold()).check(model.outputs());
            if (config.ranking() != null && plan != null) {
                new Ranker(config.ranking(), plan).check(model.outputs());
            }
            ServingConfig.Server s = config.server();
            int maxRows = model.isBatchable() ? Math.max(1, s.maxBatchSize()) : 1;
            ServiceTimes times = new ServiceTimes(maxRows);
            Calibration calibration = Calibration.measure(model, maxRows, times);
            SchedulerLimits limits = new SchedulerLimits(
                    Math.max(1, s.instances()),
                    // what cannot be batched cannot be cut into chunks either
                    model.isBatchable() ? maxRows : Integer.MAX_VALUE,
                    Math.max(1, s.maxQueueSize()),
                    Math.max(1, s.maxInFlight()),
                    (long) (s.maxQueueDelayMs() * 1e6),
                    model.inlineNanos());
            BatchScheduler scheduler = new BatchScheduler(
                    limits,
                    model::newRunner,
                    times,
                    model.isBatchable() ? calibration.preferredRows() : 1,
                    observer(version, model.isBatchable()),
                    System::nanoTime);
            return new ServedModel(version.name(), model, scheduler, calibration);
        } catch (LoadException | RuntimeException e) {
            model.close();
            if (e.getCause() instanceof LoadException cause) {
                // no room for so many instances
                throw cause;
            }
            throw e;
        }
    }

    private static BatchScheduler.Observer observer(ModelVersion version, boolean batchable) {
        return new BatchScheduler.Observer() {
            @Override
            public void executed(int rows, long runNanos) {
                if (version.isLive()) {
                    // what cannot be batched is one inference, whatever its first dimension
                    version.metrics().batch(batchable ? rows : 1, runNanos);
                }
            }

            @Override
            public void terminated() {
                version.metrics().terminated();
            }
        };
    }
}
