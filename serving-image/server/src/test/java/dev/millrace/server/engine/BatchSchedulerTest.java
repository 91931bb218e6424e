package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BatchSchedulerTest {
    private static final long FAR = TimeUnit.MINUTES.toNanos(5);
    /** Time enough to be let in, and to wait for. */
    private static final long LATE = 400_000_000;

    /** Doubles every number, and notes what ran together. */
    private static final class Doubler implements Runner {
        final List<List<long[]>> batches = new CopyOnWriteArrayList<>();
        final CountDownLatch open;

        Doubler(CountDownLatch open) {
            this.open = open;
        }

        @Override
        public List<Tensor> run(List<List<Tensor>> batch) throws ModelException {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new ModelException("interrupted", e);
            }
            batches.add(batch.stream().map(job -> job.get(0).shape()).toList());
            Tensor all = Tensors.join(batch.stream().map(job -> job.get(0)).toList());
            float[] doubled = new float[all.elements()];
            for (int i = 0; i < doubled.length; i++) {
                doubled[i] = 2 * (float) all.number(i);
            }
            return List.of(Tensor.ofRows("out", doubled, all.rows()));
        }

        @Override
        public void close() {}
    }

    private record Done(List<Tensor> outputs, boolean shed) {}

    private static Job job(float first, int rows, int width, long deadline, CompletableFuture<Done> done) {
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = first + i;
        }
        return new Job(List.of(Tensor.ofRows("in", values, rows)), deadline, new Job.Listener() {
            @Override
            public void completed(List<Tensor> outputs, long queueNanos, long runNanos) {
                done.complete(new Done(outputs, false));
            }

            @Override
            public void shed() {
                done.complete(new Done(List.of(), true));
            }

            @Override
            public void failed(ModelException e) {
                done.completeExceptionally(e);
            }
        });
    }

    private static BatchScheduler scheduler(SchedulerLimits limits, Runner runner) {
        return new BatchScheduler(
                limits,
                () -> runner,
                new ServiceTimes(limits.maxBatchRows()),
                limits.maxBatchRows(),
                BatchScheduler.Observer.NONE,
                System::nanoTime);
    }

    @Property(tries = 100)
    void everyJobGetsItsOwnRowsInOrder(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 9) Integer> rows,
            @ForAll @IntRange(min = 1, max = 16) int maxBatch,
            @ForAll @IntRange(min = 1, max = 3) int instances)
            throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        List<Doubler> runners = new CopyOnWriteArrayList<>();
        SchedulerLimits limits = new SchedulerLimits(instances, maxBatch, 10_000, 10_000, 0);
        List<CompletableFuture<Done>> answers = new ArrayList<>();
        try (BatchScheduler scheduler = new BatchScheduler(
                limits,
                () -> {
                    Doubler d = new Doubler(open);
                    runners.add(d);
                    return d;
                },
                new ServiceTimes(maxBatch),
                maxBatch,
                BatchScheduler.Observer.NONE,
                System::nanoTime)) {
            for (int i = 0; i < rows.size(); i++) {
                CompletableFuture<Done> done = new CompletableFuture<>();
                answers.add(done);
                // two widths: ragged rows
                assertThat(scheduler
                                .submit(job(100 * i, rows.get(i), 1 + i % 2, System.nanoTime() + FAR, done))
                                .isTaken())
                        .isTrue();
            }
            open.countDown();
            for (int i = 0; i < rows.size(); i++) {
                Done done = answers.get(i).get(60, TimeUnit.SECONDS);
                Tensor out = done.outputs().get(0);
                assertThat(out.rows()).isEqualTo(rows.get(i));
                assertThat(out.elements()).isEqualTo(rows.get(i) * (1 + i % 2));
                for (int e = 0; e < out.elements(); e++) {
                    assertThat(out.number(e)).isEqualTo(2.0 * (100 * i + e));
                }
            }
        }
        int executed = 0;
        for (Doubler d : runners) {
            for (List<long[]> batch : d.batches) {
                long total = batch.stream().mapToLong(s -> s[0]).sum();
                executed += (int) total;
                assertThat(total).isLessThanOrEqualTo(maxBatch);
                assertThat(batch.stream().map(s -> s[1]).distinct()).hasSize(1);
            }
        }
        assertThat(executed).isEqualTo(rows.stream().mapToInt(r -> r).sum());
    }

    @Test
    void waitingJobsShareOneExecution() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Doubler runner = new Doubler(open);
        List<CompletableFuture<Done>> answers = new ArrayList<>();
        try (BatchScheduler scheduler = scheduler(new SchedulerLimits(1, 8, 100, 100, 0), runner)) {
            for (int i = 0; i < 9; i++) {
                answers.add(new CompletableFuture<>());
                scheduler.submit(job(i, 1, 1, System.nanoTime() + FAR, answers.get(i)));
                while (i == 0 && scheduler.inFlight().executing() == 0) {
                    Thread.onSpinWait();
                }
            }
            open.countDown();
            for (CompletableFuture<Done> a : answers) {
                a.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(runner.batches.stream().map(List::size)).containsExactly(1, 8);
    }

    @Test
    void refusesWhatExceedsTheBoundsAndShedsWhatIsLate() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Doubler runner = new Doubler(open);
        try (BatchScheduler scheduler = scheduler(new SchedulerLimits(1, 4, 3, 4, 0), runner)) {
            CompletableFuture<Done> first = new CompletableFuture<>();
            scheduler.submit(job(0, 1, 1, System.nanoTime() + FAR, first));
            while (scheduler.inFlight().executing() == 0) {
                Thread.onSpinWait();
            }
            CompletableFuture<Done> fits = new CompletableFuture<>();
            assertThat(scheduler
                            .submit(job(0, 2, 1, System.nanoTime() + FAR, fits))
                            .isTaken())
                    .isTrue();
            CompletableFuture<Done> late = new CompletableFuture<>();
            assertThat(scheduler
                            .submit(job(0, 1, 1, System.nanoTime() + LATE, late))
                            .isTaken())
                    .isTrue();
            assertThat(scheduler
                            .submit(job(0, 1, 1, System.nanoTime() + FAR, new CompletableFuture<>()))
                            .isTaken())
                    .as("queue of 3 rows is full")
                    .isFalse();
            assertThat(scheduler.inFlight().total()).isEqualTo(3);
            long deadline = System.nanoTime() + LATE;
            while (System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            open.countDown();
            assertThat(late.get(60, TimeUnit.SECONDS).shed()).isTrue();
            assertThat(fits.get(60, TimeUnit.SECONDS).shed()).isFalse();
            assertThat(first.get(60, TimeUnit.SECONDS).shed()).isFalse();
            assertThat(scheduler.inFlight().total()).isZero();
            assertThat(scheduler.inFlight().seconds()).isPositive();
        }
        assertThat(runner.batches).hasSize(2);
    }

    @Test
    void oneMoreThanTheLimitIsRefusedAtOnceAndWhatIsWithdrawnMakesRoom() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        Doubler runner = new Doubler(open);
        try (BatchScheduler scheduler = scheduler(new SchedulerLimits(1, 1, 100, 100, 0), runner)) {
            assertThat(scheduler.maxInFlight()).isEqualTo(100);
            scheduler.limitInFlight(2);
            assertThat(scheduler.maxInFlight()).isEqualTo(2);
            Job first = job(0, 1, 1, System.nanoTime() + FAR, new CompletableFuture<>());
            assertThat(scheduler.submit(first).isTaken()).isTrue();
            while (scheduler.inFlight().executing() == 0) {
                Thread.onSpinWait();
            }
            CompletableFuture<Done> gone = new CompletableFuture<>();
            Job second = job(0, 1, 1, System.nanoTime() + FAR, gone);
            assertThat(scheduler.submit(second).isTaken()).isTrue();
            CompletableFuture<Done> last = new CompletableFuture<>();
            Job third = job(0, 1, 1, System.nanoTime() + FAR, last);
            assertThat(scheduler.preview(System.nanoTime() + FAR).isTaken()).isFalse();
            assertThat(scheduler.submit(third).isTaken())
                    .as("two are in flight")
                    .isFalse();
            assertThat(scheduler.withdraw(first)).as("it executes").isFalse();
            assertThat(scheduler.withdraw(second)).isTrue();
            assertThat(scheduler.withdraw(second)).isFalse();
            assertThat(scheduler.inFlight().total()).isEqualTo(1);
            assertThat(scheduler.preview(System.nanoTime() + FAR).isTaken()).isTrue();
            assertThat(scheduler.preview(System.nanoTime()).isTaken())
                    .as("no time left")
                    .isFalse();
            assertThat(scheduler.inFlight().total()).as("it takes nothing").isEqualTo(1);
            assertThat(scheduler.submit(third).isTaken()).isTrue();
            open.countDown();
            last.get(60, TimeUnit.SECONDS);
            assertThat(gone).isNotDone();
            scheduler.limitInFlight(1_000);
            assertThat(scheduler.maxInFlight())
                    .as("within the document's bound")
                    .isEqualTo(100);
        }
        assertThat(runner.batches).hasSize(2);
    }

    @Test
    void aRequestBeyondTheBatchRunsInChunks() throws Exception {
        Doubler runner = new Doubler(new CountDownLatch(0));
        CompletableFuture<Done> done = new CompletableFuture<>();
        try (BatchScheduler scheduler = scheduler(new SchedulerLimits(1, 4, 100, 100, 0), runner)) {
            scheduler.submit(job(0, 10, 1, System.nanoTime() + FAR, done));
            Tensor out = done.get(60, TimeUnit.SECONDS).outputs().get(0);
            assertThat(out.shape()).containsExactly(10, 1);
            assertThat(out.number(9)).isEqualTo(18);
        }
        assertThat(runner.batches.stream().map(b -> b.get(0)[0])).containsExactly(4L, 4L, 2L);
    }

    @Test
    void aFailedExecutionFailsItsJobsAndTheInstanceGoesOn() throws Exception {
        Doubler good = new Doubler(new CountDownLatch(0));
        Runner flaky = new Runner() {
            private boolean failed;

            @Override
            public List<Tensor> run(List<List<Tensor>> batch) throws ModelException {
                if (!failed) {
                    failed = true;
                    throw new IllegalStateException("native trouble");
                }
                return good.run(batch);
            }

            @Override
            public void close() {}
        };
        try (BatchScheduler scheduler = scheduler(new SchedulerLimits(1, 1, 100, 100, 0), flaky)) {
            CompletableFuture<Done> first = new CompletableFuture<>();
            scheduler.submit(job(0, 1, 1, System.nanoTime() + FAR, first));
            assertThat(first).failsWithin(java.time.Duration.ofSeconds(60));
            CompletableFuture<Done> second = new CompletableFuture<>();
            scheduler.submit(job(0, 1, 1, System.nanoTime() + FAR, second));
            assertThat(second.get(60, TimeUnit.SECONDS).shed()).isFalse();
        }
    }

    @Test
    void aBatchSizeIsPreferredOnlyWhileItPays() {
        assertThat(Calibration.preferred(new java.util.TreeMap<>(java.util.Map.of(1, 100L, 2, 120L, 4, 150L, 8, 290L))))
                .isEqualTo(4);
        assertThat(Calibration.preferred(new java.util.TreeMap<>(java.util.Map.of(1, 100L, 2, 195L, 4, 390L))))
                .isEqualTo(1);
    }

    @Test
    void estimatesFollowTheMeasurementsAndForgetOneHiccup() {
        ServiceTimes times = new ServiceTimes(8);
        assertThat(times.estimate(1)).isZero();
        times.seed(1, 1_000);
        times.seed(8, 4_000);
        assertThat(times.estimate(3)).as("the next known size").isEqualTo(4_000);
        times.observe(1, 1_000_000);
        assertThat(times.estimate(1)).isLessThan(1_100);
        long[] slower = new long[200];
        Arrays.fill(slower, 2_000);
        Arrays.stream(slower).forEach(s -> times.observe(1, s));
        assertThat(times.estimate(1)).isBetween(1_800L, 2_300L);
    }

    @Test
    void sizesThatDoNotExecuteFollowThoseThatDo() {
        ServiceTimes times = new ServiceTimes(8);
        times.seed(1, 1_000);
        times.seed(2, 90_000);
        times.seed(8, 100_000);
        times.observe(1, 1_000);
        assertThat(times.estimate(2)).as("no more than two of one").isLessThanOrEqualTo(2_000);
        assertThat(times.estimate(8)).isLessThanOrEqualTo(8_000);
        times.seed(8, 80_000);
        times.observe(8, 80_000);
        assertThat(times.estimate(1)).as("eight of it take as long").isGreaterThan(9_500);
        assertThat(times.estimate(2)).isGreaterThan(19_000);
    }
}
