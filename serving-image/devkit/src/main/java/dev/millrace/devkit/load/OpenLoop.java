package dev.millrace.devkit.load;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sends calls at the times of a Poisson process, whatever the server does, and times each from when it should have been
 * sent: a stall shows in every call that it delayed.
 */
public final class OpenLoop {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);

    private final Context context;
    private final List<Predictor> predictors;
    private final double perSecond;
    private final SplittableRandom random;

    /**
     * @param predictors used in turn
     * @param perSecond all of them together
     */
    public OpenLoop(Vertx vertx, List<Predictor> predictors, double perSecond, long seed) {
        this.context = vertx.getOrCreateContext();
        this.predictors = List.copyOf(predictors);
        this.perSecond = perSecond;
        this.random = new SplittableRandom(seed);
    }

    /** A call, and what to do once its answer is there. */
    public record Work(PredictCall call, Consumer<PredictAnswer> after) {}

    /**
     * Sends for {@code nanos}, then waits for what is under way; what is not answered within 30 s is an error. Blocks; call
     * it on a thread of its own.
     *
     * @param work asked once per call, on this thread
     */
    public void run(long nanos, Supplier<Work> work, LoadStats stats) {
        Run run = new Run(stats);
        long start = System.nanoTime();
        double dueNs = 0;
        for (int i = 0; ; i++) {
            dueNs += -Math.log(1 - random.nextDouble()) * 1e9 / perSecond;
            if (dueNs >= nanos || Thread.currentThread().isInterrupted()) {
                break;
            }
            long intended = start + (long) dueNs;
            Work next = work.get();
            awaitTime(intended);
            Predictor predictor = predictors.get(i % predictors.size());
            run.sent();
            context.runOnContext(nothing -> predictor.predict(next.call()).onComplete(result -> {
                PredictAnswer answer =
                        result.succeeded() ? result.result() : PredictAnswer.failed(String.valueOf(result.cause()));
                if (run.answered(answer, System.nanoTime() - intended)) {
                    next.after().accept(answer);
                }
            }));
        }
        awaitTime(start + nanos);
        stats.end();
        run.awaitAnswers();
    }

    /** The calls of one run, of which each is counted once. */
    private static final class Run {
        private final LoadStats stats;
        private int inFlight;
        private boolean over;

        Run(LoadStats stats) {
            this.stats = stats;
        }

        synchronized void sent() {
            inFlight++;
        }

        /** False when it comes too late to count. */
        synchronized boolean answered(PredictAnswer answer, long latencyNs) {
            if (over) {
                return false;
            }
            stats.record(answer, latencyNs);
            inFlight--;
            notifyAll();
            return true;
        }

        synchronized void awaitAnswers() {
            long giveUp = System.nanoTime() + PATIENCE_NS;
            try {
                for (long left = PATIENCE_NS; inFlight > 0 && left > 0; left = giveUp - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            over = true;
            for (int i = 0; i < inFlight; i++) {
                stats.record(PredictAnswer.failed("no answer within 30 s"), PATIENCE_NS);
            }
        }
    }

    private static void awaitTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
