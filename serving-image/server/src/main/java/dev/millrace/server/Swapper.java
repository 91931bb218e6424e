package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.config.ServingConfig.Fallback;
import dev.millrace.contract.status.ServerStatus.Admission;
import dev.millrace.server.engine.AdmissionBound;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.loader.Note;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.status.ServerState;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the model of a ready server when its document names another: loads it beside, warms it, lets it answer, and
 * closes the old one when nobody holds it any more. What fails is said in status and tried again; the old model answers
 * meanwhile. Used by the starter's thread.
 */
final class Swapper {
    private static final Logger LOG = LoggerFactory.getLogger(Swapper.class);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Vertx vertx;
    private final Parts parts;
    private final Ports ports;
    private final DocumentWatch document;
    private final boolean keeps;
    private final List<ModelVersion> leaving = new ArrayList<>();
    private @Nullable ServingConfig heard;
    private long heardAt;
    private @Nullable ServingConfig failed;
    private String failedMark = "";
    private long retryAt;
    private long waitNanos = SHORTEST_WAIT_NANOS;

    Swapper(Vertx vertx, Parts parts, Ports ports, DocumentWatch document) {
        this.vertx = vertx;
        this.parts = parts;
        this.ports = ports;
        this.document = document;
        Fallback fallback = parts.config().fallback();
        this.keeps = fallback != null && fallback.order().contains("PreviousVersion");
    }

    /** Looks once whether there is anything to do. Returns when it is done or has failed. */
    void look() throws InterruptedException {
        settle();
        DocumentWatch.State asked = document.look();
        ServingConfig wanted = asked.config();
        ModelVersion current = parts.state().version();
        if (wanted == null) {
            say(asked.reason(), asked.message());
            return;
        }
        if (wanted.model().equals(current.config().model())) {
            failed = null;
            heard = null;
            waitNanos = SHORTEST_WAIT_NANOS;
            say(null, null);
            return;
        }
        if (!wanted.equals(heard)) {
            heard = wanted;
            heardAt = System.nanoTime();
        }
        if (ModelLoads.mayCome(wanted.model(), System.nanoTime() - heardAt)) {
            say(null, null);
            return;
        }
        Path file = Path.of(wanted.model().path());
        String mark = DocumentWatch.mark(file) + DocumentWatch.mark(Note.path(file));
        if (wanted.equals(failed) && mark.equals(failedMark) && System.nanoTime() < retryAt) {
            return;
        }
        waitNanos = wanted.equals(failed) && mark.equals(failedMark)
                ? Math.min(LONGEST_WAIT_NANOS, 2 * waitNanos)
                : SHORTEST_WAIT_NANOS;
        try {
            swap(current, wanted);
            failed = null;
            say(null, null);
        } catch (LoadException e) {
            failed(current, wanted, mark, e);
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("the model is not replaced", e);
            failed(current, wanted, mark, new LoadException(LoadException.Reason.ModelInvalid, e.toString(), e));
        }
    }

    private void failed(ModelVersion current, ServingConfig wanted, String mark, LoadException e) {
        failed = wanted;
        failedMark = mark;
        retryAt = System.nanoTime() + waitNanos;
        current.metrics().swap(false);
        boolean waits = e.reason() == LoadException.Reason.ModelFileMissing;
        say(
                waits ? e.reason().name() : "SwapFailed",
                "version " + wanted.model().version() + ": " + (waits ? "" : e.reason() + ": ") + e.getMessage()
                        + "; version " + current.name() + " keeps answering");
    }

    private void say(@Nullable String reason, @Nullable String message) {
        ServerState.Trouble before = parts.state().trouble();
        if (reason == null || message == null) {
            parts.state().trouble(null);
        } else if (before == null || !before.message().equals(message)) {
            LOG.warn("{}: {}", reason, message);
            parts.state().trouble(new ServerState.Trouble(reason, message));
        }
    }

    private void swap(ModelVersion current, ServingConfig wanted) throws LoadException, InterruptedException {
        long begin = System.nanoTime();
        ModelVersion next = parts.versions().create(wanted);
        try {
            next.loaded(load(current, next));
            rehearse(next);
            Starter.fill(parts, next);
        } catch (LoadException | RuntimeException | OutOfMemoryError | InterruptedException e) {
            parts.state().rehearse(null);
            drop(next, current);
            throw e;
        }
        admit(parts, next);
        watch(next);
        boolean replaced = current.model() != null;
        if (keeps && replaced) {
            next.predecessor(current);
        }
        // whoever sees the new version must not hear why it was not there
        say(null, null);
        takeOver(current, next);
        double seconds = (System.nanoTime() - begin) / 1e9;
        next.metrics().created(System.currentTimeMillis() / 1000.0, seconds);
        next.metrics().ready(true);
        if (replaced) {
            next.metrics().swap(true);
            LOG.info("version {} answers in the place of {}, after {} s", next.name(), current.name(), seconds);
        } else {
            LOG.info("version {} answers again, after {} s", next.name(), seconds);
        }
        if (!keeps || !replaced) {
            closeLater(current);
        }
    }

    private void takeOver(ModelVersion current, ModelVersion next) {
        parts.versions().handOver(current, next);
        parts.state().serve(next);
        parts.versions().gone(current);
        leaving.add(current);
    }

    /** Takes the model, and the one kept before it, out of memory; returns when they are. A version without a model stays. */
    void unload() {
        ModelVersion current = parts.state().version();
        ModelVersion before = current.predecessor();
        takeOver(current, parts.versions().create(current.config()));
        close(current);
        if (before != null) {
            current.predecessor(null);
            close(before);
        }
        settle();
    }

    /** Brings back the model that the document names, which may be another one by now. */
    void load() throws LoadException, InterruptedException {
        DocumentWatch.State asked = document.look();
        ServingConfig wanted = asked.config();
        if (wanted == null) {
            throw new LoadException(LoadException.Reason.ModelInvalid, asked.reason() + ": " + asked.message());
        }
        swap(parts.state().version(), wanted);
        say(null, null);
    }

    private ServedModel load(ModelVersion current, ModelVersion next) throws LoadException {
        ModelLoads.verify(next.config().model());
        ModelVersion before = current.predecessor();
        if (before != null) {
            // room is planned for two models, not for three
            current.predecessor(null);
            close(before);
        }
        return ModelLoads.load(parts.plan(), next);
    }

    private void rehearse(ModelVersion next) throws LoadException, InterruptedException {
        parts.state().rehearse(next);
        new WarmUp(vertx, parts, ports, next).again();
        if (next.faultyOnly() >= 0) {
            throw new LoadException(
                    LoadException.Reason.ModelInvalid,
                    "all of the " + next.faultyOnly() + " calls that the server sent to it failed; the log says how");
        }
    }

    /** From here on what cannot make it is shed, not only what memory cannot hold. */
    static void admit(Parts parts, ModelVersion version) {
        ServedModel served = version.model();
        if (served == null) {
            return;
        }
        ServingConfig config = version.config();
        Admission bound = AdmissionBound.of(
                config.slo(),
                config.server(),
                served.calibration(),
                parts.state().overheadMs());
        served.scheduler().limitInFlight(bound.maxInFlight());
        parts.state().admission(bound);
        LOG.info("admission: {} in flight; {}", bound.maxInFlight(), bound.reason());
    }

    /** What the version measures of itself, at every scrape. */
    static void watch(ModelVersion version) {
        ServedModel served = version.model();
        if (served == null) {
            return;
        }
        served.calibration().meanNanos().forEach((rows, nanos) -> version.metrics()
                .calibrated(rows, nanos / 1e9));
        version.metrics()
                .watchScheduler(
                        served.scheduler().inFlight()::waiting,
                        served.scheduler().inFlight()::executing,
                        served.scheduler()::maxInFlight,
                        served.scheduler().inFlight()::seconds);
    }

    /** What a version that nobody asks any more measures of the moment goes; what it counted goes two versions later. */
    private void settle() {
        ModelVersion current = parts.state().version();
        for (ModelVersion version : List.copyOf(leaving)) {
            if (version.holders() == 0) {
                version.metrics().settle(current.metrics());
            }
        }
        while (leaving.size() > 1) {
            ModelVersion oldest = leaving.remove(0);
            boolean shared = current.metrics().sharesLabels(oldest.metrics())
                    || leaving.stream().anyMatch(v -> v.metrics().sharesLabels(oldest.metrics()));
            if (!shared) {
                oldest.metrics().forget();
            }
        }
    }

    /** A version that never answered a caller. */
    private void drop(ModelVersion next, ModelVersion current) {
        parts.versions().gone(next);
        next.metrics().settle(current.metrics());
        if (!next.metrics().sharesLabels(current.metrics())
                && leaving.stream().noneMatch(v -> v.metrics().sharesLabels(next.metrics()))) {
            next.metrics().forget();
        }
        close(next);
    }

    private static void closeLater(ModelVersion version) {
        Thread closer = new Thread(() -> close(version), "close-" + version.name());
        closer.setDaemon(true);
        closer.start();
    }

    private static void close(ModelVersion version) {
        version.close(PATIENCE_NANOS);
        LOG.info("version {} is closed", version.name());
    }
}
