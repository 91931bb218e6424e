package dev.millrace.bench;

import dev.millrace.server.engine.BatchScheduler;
import dev.millrace.server.engine.Job;
import dev.millrace.server.engine.ModelException;
import dev.millrace.server.engine.Runner;
import dev.millrace.server.engine.SchedulerLimits;
import dev.millrace.server.engine.ServiceTimes;
import dev.millrace.server.engine.Tensor;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** From submit to completion around a model that takes no time: what a hand-over to an instance's thread and back costs. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SchedulerBench {
    /** Requests that are submitted together. */
    @Param({"1", "16"})
    public int together;

    private final List<Tensor> row = List.of(Tensor.ofRows("input", new float[64], 1));
    private BatchScheduler scheduler = scheduler();

    private static BatchScheduler scheduler() {
        return new BatchScheduler(
                new SchedulerLimits(1, 16, 1_000, 1_000, 0),
                NoModel::new,
                new ServiceTimes(16),
                16,
                BatchScheduler.Observer.NONE,
                System::nanoTime);
    }

    @Setup
    public void start() {
        scheduler.close();
        scheduler = scheduler();
    }

    @TearDown
    public void stop() {
        scheduler.close();
    }

    @Benchmark
    public void submitToCompletion() {
        CompletableFuture<?>[] all = new CompletableFuture<?>[together];
        for (int i = 0; i < together; i++) {
            CompletableFuture<List<Tensor>> done = new CompletableFuture<>();
            all[i] = done;
            scheduler.submit(new Job(row, System.nanoTime() + TimeUnit.SECONDS.toNanos(10), new Done(done)));
        }
        CompletableFuture.allOf(all).join();
    }

    private record Done(CompletableFuture<List<Tensor>> future) implements Job.Listener {
        @Override
        public void completed(List<Tensor> outputs, long queueNanos, long runNanos) {
            future.complete(outputs);
        }

        @Override
        public void shed() {
            future.completeExceptionally(new IllegalStateException("shed"));
        }

        @Override
        public void failed(ModelException e) {
            future.completeExceptionally(e);
        }
    }

    private static final class NoModel implements Runner {
        @Override
        public List<Tensor> run(List<List<Tensor>> batch) {
            return List.of(Tensor.ofRows("output", new float[batch.size()], batch.size()));
        }

        @Override
        public void close() {}
    }
}
