package dev.millrace.server.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executions on the threads that submit. The way to another thread and back costs some ten microseconds of two processors;
 * a model that takes less itself is not worth it.
 */
final class Inline implements AutoCloseable {
    /** So many in a row that take far longer than estimated are no disturbance: these inputs take longer. */
    private static final int OVERRUNS = 3;

    private static final int FAR = 4;

    private final SchedulerLimits limits;
    private final ServiceTimes times;
    private final List<Runner> runners = new CopyOnWriteArrayList<>();
    private final ThreadLocal<Runner> own;
    private final AtomicInteger overruns = new AtomicInteger();
    private volatile boolean closed;

    Inline(SchedulerLimits limits, ServiceTimes times, Supplier<Runner> supplier) {
        this.limits = limits;
        this.times = times;
        this.own = ThreadLocal.withInitial(() -> {
            Runner runner = supplier.get();
            runners.add(runner);
            return runner;
        });
    }

    /** This thread's, when the model is known to be fast enough for so many rows; else null. */
    @Nullable
    Runner runner(Job job) {
        if (closed || limits.inlineNanos() <= 0 || job.rows() > limits.maxBatchRows()) {
            return null;
        }
        // as a rule: on a shared machine one of twenty says how long others were given the processor
        long estimate = times.typical(job.rows());
        return estimate > 0 && estimate <= limits.inlineNanos() ? own.get() : null;
    }

    /** An execution on a thread that submitted it took so long. */
    void ran(int rows, long nanos) {
        if (nanos <= FAR * limits.inlineNanos()) {
            if (overruns.get() != 0) {
                overruns.set(0);
            }
        } else if (overruns.incrementAndGet() >= OVERRUNS) {
            overruns.set(0);
            // from here on instance threads execute, and move the estimate down again if it is too high
            times.seed(rows, nanos);
        }
    }

    /** When nothing executes any more. */
    @Override
    public void close() {
        closed = true;
        runners.forEach(Runner::close);
        runners.clear();
    }
}
