package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.engine.Submission.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Executions under way: ended early, on the thread that submits, and many of all kinds at once. */
class SchedulerRunsTest {
    private static final long FAR = TimeUnit.MINUTES.toNanos(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final float FAILS = 4_242;

    /** Doubles; runs until it is let go or terminated. */
    private static final class Held implements Runner {
        private final AtomicInteger running;
        private final AtomicInteger most;
        private CountDownLatch hold;
        private volatile boolean terminated;
        final List<Thread> threads = new ArrayList<>();
        int closed;

        Held(CountDownLatch hold, AtomicInteger running, AtomicInteger most) {
            this.hold = hold;
            this.running = running;
            this.most = most;
        }

        Held(CountDownLatch hold) {
            this(hold, new AtomicInteger(), new AtomicInteger());
        }

        @Override
        public List<Tensor> run(List<List<Tensor>> batch) throws ModelException {
            threads.add(Thread.currentThread());
            int now = running.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            try {
                while (hold.getCount() > 0 && !terminated) {
                    Thread.onSpinWait();
                }
                if (terminated) {
                    throw new ModelException("terminated");
                }
                Tensor all = Tensors.join(batch.stream().map(job -> job.get(0)).toList());
                float[] doubled = new float[all.elements()];
                for (int i = 0; i < doubled.length; i++) {
                    if (all.number(i) == FAILS) {
                        throw new ModelException("cannot");
                    }
                    doubled[i] = 2 * (float) all.number(i);
                }
                return List.of(Tensor.ofRows("out", doubled, all.rows()));
            } finally {
                running.decrementAndGet();
            }
        }

        @Override
        public void arm() {
            terminated = false;
        }

        @Override
        public void terminate() {
            terminated = true;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static final class Told implements Job.Listener {
        final List<String> calls = new ArrayList<>();
        final CompletableFuture<List<Tensor>> outputs = new CompletableFuture<>();

        @Override
        public synchronized void completed(List<Tensor> out, long queueNanos, long runNanos) {
            calls.add("completed");
            outputs.complete(out);
        }

        @Override
        public synchronized void shed() {
            calls.add("shed");
        }

        @Override
        public synchronized void failed(ModelException e) {
            calls.add("failed");
        }

        synchronized List<String> calls() {
            return List.copyOf(calls);
        }
    }

    private static final class Seen implements BatchScheduler.Observer {
        final AtomicInteger executed = new AtomicInteger();
        final AtomicInteger terminated = new AtomicInteger();

        @Override
        public void executed(int rows, long runNanos) {
            executed.incrementAndGet();
        }

        @Override
        public void terminated() {
            terminated.incrementAndGet();
        }
    }

    private static Job job(float value, int rows, int width, long inNanos, boolean urgent, Job.Listener told) {
        float[] values = new float[rows * width];
        java.util.Arrays.fill(values, value);
        return new Job(List.of(Tensor.ofRows("in", values, rows)), System.nanoTime() + inNanos, urgent, told);
    }

    private static Job job(float value, long inNanos, Job.Listener told) {
        return job(value, 1, 1, inNanos, false, told);
    }

    private static BatchScheduler scheduler(SchedulerLimits limits, Runner runner, ServiceTimes times, Seen seen) {
        return new BatchScheduler(limits, () -> runner, times, limits.maxBatchRows(), seen, System::nanoTime);
    }

    @Test
    void whatNobodyWaitsForIsEndedAndTheInstanceIsBusyUntilThen() {
        CountDownLatch hold = new CountDownLatch(1);
        Held runner = new Held(hold);
        Seen seen = new Seen();
        SchedulerLimits limits = new SchedulerLimits(1, 4, 100, 100, 0);
        try (BatchScheduler scheduler = scheduler(limits, runner, new ServiceTimes(4), seen)) {
            Told first = new Told();
            Job blocks = job(1, FAR, first);
            scheduler.submit(blocks);
            await().atMost(PATIENCE).until(() -> scheduler.inFlight().executing() == 1);
            List<Told> told = new ArrayList<>();
            List<Job> jobs = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                told.add(new Told());
                jobs.add(job(i, FAR, told.get(i)));
                scheduler.submit(jobs.get(i));
            }
            assertThat(scheduler.abandon(blocks)).isTrue();
            assertThat(scheduler.abandon(blocks)).isFalse();
            await().atMost(PATIENCE).until(() -> seen.terminated.get() == 1);
            await().atMost(PATIENCE).until(() -> scheduler.inFlight().executing() == 2);
            assertThat(first.calls()).as("it has its answer already").isEmpty();

            assertThat(scheduler.abandon(jobs.get(0))).isTrue();
            assertThat(scheduler.inFlight().executing())
                    .as("the other one waits for it")
                    .isEqualTo(2);
            hold.countDown();
            await().atMost(PATIENCE).until(() -> told.get(1).calls().equals(List.of("completed")));
            assertThat(told.get(0).calls()).isEmpty();
            assertThat(scheduler.abandon(jobs.get(1))).as("it is done").isFalse();
            assertThat(scheduler.inFlight().total()).isZero();
            assertThat(seen.terminated).hasValue(1);
            assertThat(seen.executed).hasValue(1);
        }
    }

    @Test
    void aJobThatWaitsIsJustTakenBack() {
        CountDownLatch hold = new CountDownLatch(1);
        try (BatchScheduler scheduler =
                scheduler(new SchedulerLimits(1, 1, 100, 100, 0), new Held(hold), new ServiceTimes(1), new Seen())) {
            scheduler.submit(job(1, FAR, new Told()));
            await().atMost(PATIENCE).until(() -> scheduler.inFlight().executing() == 1);
            Told told = new Told();
            Job waits = job(1, FAR, told);
            scheduler.submit(waits);
            assertThat(scheduler.abandon(waits)).isTrue();
            assertThat(scheduler.inFlight().total()).isEqualTo(1);
            hold.countDown();
            await().atMost(PATIENCE).until(() -> scheduler.inFlight().total() == 0);
            assertThat(told.calls()).isEmpty();
        }
    }

    @Test
    void aFastModelIsExecutedOnTheThreadThatSubmitsAndASlowOneIsNot() {
        ServiceTimes times = new ServiceTimes(4);
        Held runner = new Held(new CountDownLatch(0));
        SchedulerLimits limits = new SchedulerLimits(1, 4, 100, 100, 0, 50_000);
        try (BatchScheduler scheduler = scheduler(limits, runner, times, new Seen())) {
            Told unknown = new Told();
            scheduler.submit(job(1, FAR, unknown));
            await().atMost(PATIENCE).until(() -> unknown.calls().equals(List.of("completed")));
            assertThat(runner.threads).as("nothing is known of it").doesNotContain(Thread.currentThread());

            times.seed(1, 20_000, 900_000);
            Told fast = new Told();
            await().atMost(PATIENCE).until(() -> scheduler.inFlight().total() == 0);
            assertThat(scheduler.submit(job(3, FAR, fast)).isTaken()).isTrue();
            assertThat(fast.calls()).as("before submit returned").containsExactly("completed");
            assertThat(fast.outputs.join().get(0).number(0)).isEqualTo(6);
            assertThat(runner.threads.get(1)).isSameAs(Thread.currentThread());

            times.seed(4, 60_000);
            Told wide = new Told();
            scheduler.submit(job(1, 4, 1, FAR, false, wide));
            await().atMost(PATIENCE).until(() -> wide.calls().equals(List.of("completed")));
            assertThat(runner.threads.get(2)).isNotSameAs(Thread.currentThread());
            assertThat(scheduler.inFlight().total()).isZero();
        }
        assertThat(runner.closed).as("the instance's, and this thread's").isEqualTo(2);
    }

    /** Its own thread is busy with it and cannot cut it; and three in a row are no accident. */
    @Test
    void anInlineExecutionThatIsLateIsEndedAndThatOftenOnesAreNotInlineAnyMore() {
        ServiceTimes times = new ServiceTimes(1);
        Seen seen = new Seen();
        CountDownLatch hold = new CountDownLatch(1);
        SchedulerLimits limits = new SchedulerLimits(1, 1, 100, 100, 0, 50_000);
        Held runner = new Held(hold);
        try (BatchScheduler scheduler = scheduler(limits, runner, times, seen)) {
            times.seed(1, 10_000);
            for (int i = 1; i <= 3; i++) {
                Told told = new Told();
                scheduler.submit(job(1, TimeUnit.MILLISECONDS.toNanos(400), told));
                assertThat(told.calls()).containsExactly("shed");
                assertThat(seen.terminated).hasValue(i);
            }
            assertThat(times.estimate(1)).isGreaterThan(15_000_000);
            hold.countDown();
            Told told = new Told();
            scheduler.submit(job(1, FAR, told));
            await().atMost(PATIENCE).until(() -> told.calls().equals(List.of("completed")));
            assertThat(runner.threads.get(3)).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    void anUrgentJobFindsRoomWhereNormalOnesWait() {
        CountDownLatch hold = new CountDownLatch(1);
        SchedulerLimits limits = new SchedulerLimits(1, 1, 2, 100, 0);
        try (BatchScheduler scheduler = scheduler(limits, new Held(hold), new ServiceTimes(1), new Seen())) {
            scheduler.submit(job(1, FAR, new Told()));
            await().atMost(PATIENCE).until(() -> scheduler.inFlight().executing() == 1);
            Told older = new Told();
            Told younger = new Told();
            scheduler.submit(job(1, FAR, older));
            scheduler.submit(job(1, FAR, younger));
            Submission refused = scheduler.submit(job(1, FAR, new Told()));
            assertThat(refused.refusal()).isEqualTo(Refusal.QUEUE);
            assertThat(refused.retryAfterSeconds()).isEqualTo(1);
            Told urgent = new Told();
            assertThat(scheduler.submit(job(1, 1, 1, FAR, true, urgent)).isTaken())
                    .isTrue();
            assertThat(younger.calls()).containsExactly("shed");
            assertThat(scheduler.inFlight().total()).isEqualTo(3);
            scheduler.limitInFlight(3);
            assertThat(scheduler.submit(job(1, FAR, new Told())).refusal()).isEqualTo(Refusal.IN_FLIGHT);
            hold.countDown();
            await().atMost(PATIENCE).until(() -> older.calls().equals(List.of("completed")));
            assertThat(urgent.calls()).containsExactly("completed");
        }
    }

    /** Whatever happens, each job is answered exactly once, with its own rows, or was taken back; and nothing is left. */
    @Property(tries = 25)
    void everyJobIsAnsweredOnceWhateverHappens(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int instances, @ForAll boolean inline)
            throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        ServiceTimes times = new ServiceTimes(8);
        times.seed(1, 10_000);
        SchedulerLimits limits = new SchedulerLimits(instances, 8, 40, 60, 0, inline ? 50_000 : 0);
        ConcurrentLinkedQueue<Runnable> checks = new ConcurrentLinkedQueue<>();
        BatchScheduler scheduler = new BatchScheduler(
                limits,
                () -> new Held(new CountDownLatch(0), running, most),
                times,
                8,
                BatchScheduler.Observer.NONE,
                System::nanoTime);
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            SplittableRandom random = new SplittableRandom(seed + t);
            Thread caller = new Thread(() -> {
                for (int i = 0; i < 300; i++) {
                    checks.add(one(scheduler, random));
                }
            });
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }
        scheduler.close();
        assertThat(checks).hasSize(900);
        checks.forEach(Runnable::run);
        assertThat(scheduler.inFlight().total()).isZero();
        assertThat(most.get()).isBetween(1, instances);
    }

    private static Runnable one(BatchScheduler scheduler, SplittableRandom random) {
        float value = random.nextInt(20) == 0 ? FAILS : random.nextInt(1000);
        int rows = 1 + random.nextInt(12);
        int width = 1 + random.nextInt(3);
        Told told = new Told();
        long time = random.nextInt(10) == 0 ? random.nextInt(2_000_000) : FAR;
        Job job = job(value, rows, width, time, random.nextInt(4) == 0, told);
        boolean taken = scheduler.submit(job).isTaken();
        boolean back = taken
                && random.nextInt(5) == 0
                && (random.nextBoolean() ? scheduler.withdraw(job) : scheduler.abandon(job));
        return () -> {
            assertThat(told.calls()).hasSize(taken && !back ? 1 : 0);
            if (told.calls().contains("completed")) {
                Tensor out = told.outputs.join().get(0);
                assertThat(out.shape()).containsExactly(rows, width);
                for (int i = 0; i < out.elements(); i++) {
                    assertThat(out.number(i)).isEqualTo(2 * value);
                }
            } else if (told.calls().contains("failed")) {
                // or it shared its batch with one that fails
                assertThat(time).isPositive();
            }
        };
    }
}
