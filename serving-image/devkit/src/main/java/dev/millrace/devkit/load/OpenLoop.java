package dev.millrace.devkit.load;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sends calls at the times of a Poisson process, whatever the server does, and times each from when it should have been
 * sent: a stall shows in every call that it delayed.
 */
public final class OpenLoop {
    private final Context context;
    private final List<Predictor> predictors;
    private final double perSecond;
    private final SplittableRandom random;
    private final AtomicInteger inFlight = new AtomicInteger();

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
     * Sends for {@code nanos}, then waits up to 10 s for what is under way. Blocks; call it on a thread of its own.
     *
     * @param work asked once per call, on this thread
     */
    public void run(long nanos, Supplier<Work> work, LoadStats stats) {
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
            inFlight.incrementAndGet();
            context.runOnContext(nothing -> predictor.predict(next.call()).onComplete(result -> {
                PredictAnswer answer =
                        result.succeeded() ? result.result() : PredictAnswer.failed(String.valueOf(result.cause()));
                stats.record(answer, System.nanoTime() - intended);
                inFlight.decrementAndGet();
                next.after().accept(answer);
            }));
        }
        awaitTime(start + nanos);
        stats.end();
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (inFlight.get() > 0
                && System.nanoTime() < giveUp
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Calls sent and not yet answered. */
    public int inFlight() {
        return inFlight.get();
    }

    private static void awaitTime(long nanoTime) {
        for (long left = nanoTime - System.nanoTime();
                left > 0 && !Thread.currentThread().isInterrupted();
                left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
