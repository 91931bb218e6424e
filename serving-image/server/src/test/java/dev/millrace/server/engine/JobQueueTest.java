package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.engine.Submission.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobQueueTest {
    private static final long MS = 1_000_000;
    private static final Job.Listener NOBODY = new Job.Listener() {
        @Override
        public void completed(List<Tensor> outputs, long queueNanos, long runNanos) {}

        @Override
        public void shed() {}

        @Override
        public void failed(ModelException e) {}
    };

    private final ServiceTimes times = new ServiceTimes(16);
    private final List<Job> batch = new ArrayList<>();
    private final List<Job> shed = new ArrayList<>();

    /** S(n) = n ms for each power of two. */
    private JobQueue queue(int preferred, int maxQueueRows) {
        for (int n = 1; n <= 16; n *= 2) {
            times.seed(n, n * MS);
        }
        return new JobQueue(new SchedulerLimits(1, 16, maxQueueRows, 100, 0), times, preferred);
    }

    private static Job job(int rows, int width, long deadline, boolean urgent) {
        return new Job(List.of(Tensor.ofRows("in", new float[rows * width], rows)), deadline, urgent, NOBODY);
    }

    private static Job job(long deadline) {
        return job(1, 1, deadline, false);
    }

    @Test
    void urgentGoFirstAndNormalOnesFillTheRest() {
        JobQueue queue = queue(4, 100);
        List<Job> normal = new ArrayList<>();
        List<Job> urgent = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            normal.add(job(1000 * MS));
            queue.add(normal.get(i), 0);
        }
        for (int i = 0; i < 2; i++) {
            urgent.add(job(1, 1, 1000 * MS, true));
            queue.add(urgent.get(i), 0);
        }
        queue.take(0, batch, shed);
        assertThat(batch).containsExactly(urgent.get(0), urgent.get(1), normal.get(0), normal.get(1));
        batch.clear();
        queue.take(0, batch, shed);
        assertThat(batch).containsExactly(normal.get(2), normal.get(3));
        assertThat(shed).isEmpty();
        assertThat(queue.rows()).isZero();
    }

    @Test
    void anUrgentJobWaitsOnlyForThoseAheadOfIt() {
        JobQueue queue = queue(1, 100);
        for (int i = 0; i < 10; i++) {
            queue.add(job(1000 * MS), 0);
        }
        assertThat(queue.refusal(job(5 * MS), 0, 0)).isEqualTo(Refusal.DEADLINE);
        assertThat(queue.refusal(job(1, 1, 5 * MS, true), 0, 0)).isNull();
        assertThat(queue.refusal(job(1, 1, 5 * MS, true), 0, 4 * MS))
                .as("the instance is busy for as long")
                .isEqualTo(Refusal.DEADLINE);
        assertThat(queue.drainNanos(false)).isEqualTo(10 * MS);
    }

    @Test
    void underPressureThoseThatCannotMakeAFullBatchAreShedAndTheBatchStaysFull() {
        JobQueue queue = queue(4, 100);
        for (int i = 0; i < 3; i++) {
            queue.add(job(3 * MS), -10 * MS);
        }
        for (int i = 0; i < 5; i++) {
            queue.add(job(50 * MS), 0);
        }
        queue.take(0, batch, shed);
        assertThat(shed).as("4 ms for a batch, 3 ms left").hasSize(3);
        assertThat(batch).hasSize(4);
        assertThat(queue.rows()).isEqualTo(1);
    }

    @Test
    void withoutPressureABatchEndsBeforeItMakesItsTightestLateIfTheRestCanAffordIt() {
        JobQueue queue = queue(8, 100);
        Job tight = job(2 * MS + 1);
        queue.add(tight, 0);
        for (int i = 0; i < 4; i++) {
            queue.add(job(1000 * MS), 0);
        }
        queue.take(0, batch, shed);
        assertThat(batch).as("2 ms for two, 8 ms for all five").hasSize(2).contains(tight);
        assertThat(queue.rows()).isEqualTo(3);

        JobQueue all = queue(8, 100);
        batch.clear();
        all.add(job(1000 * MS), 0);
        for (int i = 0; i < 4; i++) {
            all.add(job(9 * MS / 2), 0);
        }
        all.take(0, batch, shed);
        assertThat(batch).as("who is left behind would be late as well").hasSize(5);
        assertThat(shed).as("not for an estimate alone").isEmpty();
    }

    @Test
    void aBatchTakesHalfTheTimeThatCallersGive() {
        JobQueue queue = queue(16, 100);
        assertThat(queue.batchRows()).isEqualTo(16);
        queue.add(job(9 * MS), 0);
        assertThat(queue.batchRows())
                .as("one that executes and one that waits: 2 * 4 ms")
                .isEqualTo(4);
    }

    @Test
    void shapesAreNotMixedAndEachHasItsTurnInOrder() {
        JobQueue queue = queue(3, 100);
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            jobs.add(job(1, 1 + i % 2, 1000 * MS, false));
            queue.add(jobs.get(i), 0);
        }
        queue.take(0, batch, shed);
        assertThat(batch).containsExactly(jobs.get(0), jobs.get(2), jobs.get(4));
        batch.clear();
        queue.take(0, batch, shed);
        assertThat(batch).containsExactly(jobs.get(1), jobs.get(3), jobs.get(5));
    }

    @Test
    void noMoreThanSomeAreLookedAt() {
        JobQueue queue = queue(4, 10_000);
        queue.add(job(1, 1, 1000 * MS, false), 0);
        for (int i = 0; i < 1000; i++) {
            queue.add(job(1, 2, 1000 * MS, false), 0);
        }
        queue.add(job(1, 1, 1000 * MS, false), 0);
        queue.take(0, batch, shed);
        assertThat(batch).hasSize(1);
        assertThat(queue.rows()).isEqualTo(1001);
    }

    @Test
    void theYoungestNormalJobsGiveWayToAnUrgentOne() {
        JobQueue queue = queue(4, 5);
        List<Job> normal = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            normal.add(job(1000 * MS));
            queue.add(normal.get(i), 0);
        }
        assertThat(queue.refusal(job(1, 1, 1000 * MS, true), 0, 0)).isEqualTo(Refusal.QUEUE);
        assertThat(queue.displace(1, 6, shed)).isFalse();
        assertThat(shed).isEmpty();
        assertThat(queue.displace(1, 2, shed)).isTrue();
        assertThat(shed).containsExactly(normal.get(4), normal.get(3));
        assertThat(queue.rows()).isEqualTo(3);
    }

    @Test
    void aJobInChunksTakesAllOfThem() {
        assertThat(queue(4, 100).serviceNanos(33)).isEqualTo(3 * 16 * MS);
        assertThat(new Submission(Refusal.QUEUE, 2_000_000_001L).retryAfterSeconds())
                .isEqualTo(3);
        assertThat(new Submission(Refusal.QUEUE, 0).retryAfterSeconds()).isEqualTo(1);
    }

    @Test
    void whoCannotMakeItAnyMoreIsGivenUpForThoseWhoCome() {
        JobQueue queue = queue(4, 100);
        Job hopeless = job(10 * MS);
        Job fair = job(14 * MS);
        queue.add(hopeless, 0);
        queue.add(fair, 0);
        queue.giveUp(4 * MS, 8 * MS, shed);
        assertThat(shed).as("not before it has waited for half its time").isEmpty();
        queue.giveUp(6 * MS, 4 * MS, shed);
        assertThat(shed).as("4 ms until an instance is free, 2 ms for two").containsExactly(hopeless);
        assertThat(queue.head()).isSameAs(fair);
        assertThat(queue.rows()).isEqualTo(1);
    }

    @Test
    void onlyHereAndThereInTimeIsEnoughToFillWhatExecutesNext() {
        for (int n = 1; n <= 16; n *= 2) {
            times.seed(n, n * MS, 5 * n * MS);
        }
        JobQueue queue = new JobQueue(new SchedulerLimits(1, 16, 100, 100, 0), times, 2);
        queue.add(job(1000 * MS), 0);
        assertThat(queue.refusal(job(3 * MS), 0, 0)).as("2 ms as a rule").isNull();
        assertThat(queue.refusal(job(2 * MS), 0, 0)).isEqualTo(Refusal.DEADLINE);
        queue.add(job(1000 * MS), 0);
        assertThat(queue.refusal(job(6 * MS), 0, 0))
                .as("beyond that: 2 ms for those before it, and nearly always less than 5 ms")
                .isEqualTo(Refusal.DEADLINE);
        assertThat(queue.refusal(job(8 * MS), 0, 0)).isNull();
    }

    @Test
    void whoMightMakeItIsGivenUpOnlyForAFullBatch() {
        for (int n = 1; n <= 16; n *= 2) {
            times.seed(n, n * MS, 5 * n * MS);
        }
        JobQueue queue = new JobQueue(new SchedulerLimits(1, 16, 100, 100, 0), times, 2);
        Job doubtful = job(6 * MS);
        queue.add(doubtful, -10 * MS);
        queue.add(job(1000 * MS), 0);
        queue.take(0, batch, shed);
        assertThat(batch).as("there is nobody else for its place").hasSize(2).contains(doubtful);
        batch.clear();
        queue.add(doubtful, -10 * MS);
        queue.add(job(1000 * MS), 0);
        queue.add(job(1000 * MS), 0);
        queue.take(0, batch, shed);
        assertThat(shed).containsExactly(doubtful);
        assertThat(batch).hasSize(2);
    }
}
