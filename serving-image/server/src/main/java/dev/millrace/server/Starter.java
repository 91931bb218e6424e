package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.contract.status.ServerStatus.Admission;
import dev.millrace.server.engine.AdmissionBound;
import dev.millrace.server.engine.BatchScheduler;
import dev.millrace.server.engine.Calibration;
import dev.millrace.server.engine.LoadException;
import dev.millrace.server.engine.OnnxModel;
import dev.millrace.server.engine.SchedulerLimits;
import dev.millrace.server.engine.ServiceTimes;
import dev.millrace.server.metrics.ServerMetrics;
import dev.millrace.server.predict.PredictContext;
import dev.millrace.server.predict.ServedModel;
import dev.millrace.server.predict.ThresholdRule;
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
 * Loads, calibrates, warms up and declares ready, on a thread of its own. A failed load is said in status and tried again:
 * the file may still come, or be replaced.
 */
final class Starter {
    private static final Logger LOG = LoggerFactory.getLogger(Starter.class);
    private static final long RETRY_SECONDS = 2;

    private final Vertx vertx;
    private final Parts parts;
    private final Ports ports;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;
    private final List<Runnable> whenReady = new ArrayList<>();
    private boolean ready;

    Starter(Vertx vertx, Parts parts, Ports ports) {
        this.vertx = vertx;
        this.parts = parts;
        this.ports = ports;
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
    }

    /** Ends the instances, then the session. The server must have stopped listening. */
    void close() {
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ServedModel model = parts.state().model();
        if (model != null) {
            model.close();
        }
    }

    private void run() {
        String told = null;
        try {
            while (stopping.getCount() > 0) {
                try {
                    loadAndWarm();
                    return;
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("the start failed", e);
            enter(Phase.Failed, "ModelInvalid", "the model cannot be loaded: " + e);
        }
    }

    private void loadAndWarm() throws LoadException, InterruptedException {
        ServingConfig config = parts.config();
        long begin = System.nanoTime();
        if (parts.state().snapshot().phase() != Phase.Failed) {
            enter(Phase.Loading, null, null);
        }
        ServedModel served = load(config);
        enter(Phase.Warming, "WarmingUp", "the server warms up before it takes traffic");
        served.calibration().meanNanos().forEach((rows, nanos) -> parts.metrics()
                .calibrated(rows, nanos / 1e9));
        parts.metrics()
                .watchScheduler(
                        served.scheduler().inFlight()::waiting,
                        served.scheduler().inFlight()::executing,
                        served.scheduler()::maxInFlight,
                        served.scheduler().inFlight()::seconds);
        parts.state().serve(served);
        WarmUp warmUp = new WarmUp(vertx, parts, ports, served);
        parts.state().overheadMs(warmUp.run());
        while (!works()) {
            if (stopping.await(RETRY_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
            parts.state().overheadMs(new WarmUp(vertx, parts, ports, served).run());
        }
        admit(served);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (stopping.getCount() == 0) {
            return;
        }
        parts.metrics().created(System.currentTimeMillis() / 1000.0, seconds);
        parts.metrics().ready(true);
        enter(Phase.Ready, null, null);
        LOG.info("ready: {} {} after {} s", config.name(), config.model().version(), seconds);
        declareReady();
    }

    /** A server that could answer none of its own calls would answer none of anybody's. */
    private boolean works() {
        int faulty = parts.state().faultyOnly();
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

    /** From here on what cannot make it is shed, not only what memory cannot hold. */
    private void admit(ServedModel served) {
        ServingConfig config = parts.config();
        Admission bound = AdmissionBound.of(
                config.slo(),
                config.server(),
                served.calibration(),
                parts.state().overheadMs());
        served.scheduler().limitInFlight(bound.maxInFlight());
        parts.state().admission(bound);
        LOG.info("admission: {} in flight; {}", bound.maxInFlight(), bound.reason());
    }

    private ServedModel load(ServingConfig config) throws LoadException {
        OnnxModel model = OnnxModel.load(config.model(), config.server().executionProviders());
        try {
            PredictContext predict = parts.predict();
            ServedModel.checkVector(predict == null ? null : predict.plan(), model.inputs());
            new ThresholdRule(config.threshold()).check(model.outputs());
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
                    observer(),
                    System::nanoTime);
            return new ServedModel(config.model().version(), model, scheduler, calibration);
        } catch (LoadException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private BatchScheduler.Observer observer() {
        ServerMetrics metrics = parts.metrics();
        return new BatchScheduler.Observer() {
            @Override
            public void executed(int rows, long runNanos) {
                metrics.batch(rows);
            }

            @Override
            public void terminated() {
                metrics.terminated();
            }
        };
    }

    private void enter(Phase phase, @Nullable String reason, @Nullable String message) {
        ServerState state = parts.state();
        if (!state.isDraining()) {
            state.enter(phase, reason, message);
        }
    }
}
