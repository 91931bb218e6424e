package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.prewarm.Prewarm;
import dev.millrace.server.status.ModelControl;
import dev.millrace.server.status.ServerState;
import dev.millrace.server.status.ServerState.Phase;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads, calibrates, warms up and declares ready, on a thread of its own, and then follows the document. A failed load is
 * said in status and tried again: the file may still come, or be replaced.
 */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    private static final long RETRY_SECONDS = 2;
    private static final long PREWARM_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Between two looks for a file that a loader fetches: the start waits for it. */
    private static final long LOADER_MS = 50;
    /** Between two looks at the document. */
    private static final long LOOK_MS = 1_000;

    private final Vertx vertx;
    private final Parts parts;
    private final Ports ports;
    private final DocumentWatch document;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private final List<Runnable> whenReady = new ArrayList<>();
    private boolean ready;

    Starter(Vertx vertx, Parts parts, Ports ports, DocumentWatch document) {
        this.vertx = vertx;
        this.parts = parts;
        this.ports = ports;
        this.document = document;
        this.thread = new Thread(this::run, "starter");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** At once when ready. */
    synchronized void onReady(Runnable then) {
        if (ready) {
            then.run();
        } else {
            whenReady.add(then);
        }
    }

    private synchronized void declareReady() {
        ready = true;
        whenReady.forEach(Runnable::run);
        whenReady.clear();
    }

    /** No further attempt, and no readiness any more. */
    void stop() {
        stopping.countDown();
        parts.state().control().wake();
    }

    /** Ends the instances, then the session. The server must have stopped listening. */
    void close() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ModelVersion version = parts.state().version();
        ModelVersion before = version.predecessor();
        version.close(0);
        if (before != null) {
            before.close(0);
        }
    }

    private void run() {
        String told = null;
        try {
            while (stopping.getCount() > 0) {
                try {
                    loadAndWarm();
                    break;
                } catch (LoadException e) {
                    enter(Phase.Failed, e.reason().name(), e.getMessage());
                    if (!String.valueOf(e.getMessage()).equals(told)) {
                        LOG.error("{}: {}", e.reason(), e.getMessage());
                        told = e.getMessage();
                    }
                }
                if (stopping.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
            }
            Swapper swapper = new Swapper(vertx, parts, ports, document);
            ModelControl control = parts.state().control();
            ModelResidence residence = new ModelResidence(control, swapper);
            while (stopping.getCount() > 0) {
                ModelControl.Order order = control.next(LOOK_MS);
                if (stopping.getCount() == 0) {
                    return;
                }
                if (order != null) {
                    residence.carryOut(order);
                } else if (residence.isLoaded()) {
                    swapper.look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("the start failed", e);
            enter(Phase.Failed, "ModelInvalid", "the model cannot be loaded: " + e);
        } finally {
            parts.state().control().close("the server is stopping");
        }
    }

    private void loadAndWarm() throws LoadException, InterruptedException {
        ModelVersion version = asked();
        long begin = System.nanoTime();
        if (parts.state().snapshot().phase() != Phase.Failed) {
            enter(Phase.Loading, null, null);
        }
        ServingConfig.Model model = version.config().model();
        while (ModelLoads.mayCome(model, System.nanoTime() - begin)) {
            if (stopping.await(LOADER_MS, TimeUnit.MILLISECONDS)) {
                return;
            }
            ServingConfig wanted = document.look().config();
            if (wanted != null && !wanted.model().equals(model)) {
                loadAndWarm();
                return;
            }
        }
        ModelLoads.present(model);
        version.loaded(ModelLoads.load(parts.plan(), version));
        enter(Phase.Warming, "WarmingUp", "the server warms up before it takes traffic");
        Swapper.watch(version);
        WarmUp warmUp = new WarmUp(vertx, parts, ports, version);
        parts.state().overheadMs(warmUp.run());
        while (!works(version)) {
            if (stopping.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
            parts.state().overheadMs(new WarmUp(vertx, parts, ports, version).run());
        }
        Swapper.admit(parts, version);
        fill(parts, version);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (stopping.getCount() == 0) {
            return;
        }
        version.metrics().created(System.currentTimeMillis() / 1000.0, seconds);
        version.metrics().ready(true);
        enter(Phase.Ready, null, null);
        LOG.info("ready: {} {} after {} s", version.config().name(), version.name(), seconds);
        declareReady();
    }

    /** A topic that is away or too long delays it for a time only. */
    static void fill(Parts parts, ModelVersion version) throws InterruptedException {
        Prewarm prewarm = parts.prewarm();
        if (prewarm != null) {
            prewarm.fill(version, PREWARM_NANOS);
        }
    }

    /** The version that the document names, which may have been corrected since the last attempt. */
    private ModelVersion asked() {
        ModelVersion current = parts.state().version();
        DocumentWatch.State asked = document.look();
        ServingConfig wanted = asked.config();
        if (wanted == null || wanted.model().equals(current.config().model())) {
            return current;
        }
        ModelVersion next = parts.versions().create(wanted);
        parts.versions().handOver(current, next);
        parts.state().serve(next);
        parts.versions().gone(current);
        current.close(0);
        current.metrics().settle(next.metrics());
        return next;
    }

    /** A server that could answer none of its own calls would answer none of anybody's. */
    private boolean works(ModelVersion version) {
        int faulty = version.faultyOnly();
        if (faulty < 0 || stopping.getCount() == 0) {
            return true;
        }
        String message = faulty == 0
                ? "server.host: the server does not reach itself at "
                        + parts.config().server().host() + ", ports " + ports.rest() + " and " + ports.grpc()
                : "all of the " + faulty + " calls that the server sent to itself failed; its log says how";
        if (!"WarmUpFailed".equals(parts.state().snapshot().reason())) {
            LOG.error("WarmUpFailed: {}", message);
        }
        enter(Phase.Failed, "WarmUpFailed", message);
        return false;
    }

    private void enter(Phase phase, @Nullable String reason, @Nullable String message) {
        ServerState state = parts.state();
        if (!state.isDraining()) {
            state.enter(phase, reason, message);
        }
    }
}
