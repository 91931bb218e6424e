package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The policy under a load that one instance cannot serve, in simulated time: arrivals in bursts, service times of a real
 * model (a net of 512-2048-1024-1) that vary and sometimes stall.
 */
class BatchSimulationTest {
    private static final int[] ROWS = {1, 2, 4, 8, 16, 32, 64};
    private static final double[] MS = {0.270, 0.346, 0.449, 0.911, 1.776, 3.275, 6.344};
    private static final long SLO = 10_000_000;
    private static final double UNBATCHED = 1e9 / (MS[0] * 1e6);
    private static final int ARRIVALS = 100_000;
    private static final Tensor ROW = Tensor.ofRows("in", new float[] {1}, 1);
    private static final Job.Listener NOBODY = new Job.Listener() {
        @Override
        public void completed(List<Tensor> outputs, long queueNanos, long runNanos) {}

        @Override
        public void shed() {}

        @Override
        public void failed(ModelException e) {}
    };

    /** Who executes next. */
    private interface Policy {
        void arrive(Job job, long now, long busy);

        /** Empty = nothing waits. */
        List<Job> next(long now);

        boolean isIdle();

        default void took(int rows, long nanos) {}
    }

    /** All that waits, first come first served. */
    private static final class Natural implements Policy {
        private final ArrayDeque<Job> waiting = new ArrayDeque<>();

        @Override
        public void arrive(Job job, long now, long busy) {
            waiting.add(job);
        }

        @Override
        public List<Job> next(long now) {
            List<Job> batch = new ArrayList<>();
            while (batch.size() < 64 && !waiting.isEmpty()) {
                batch.add(waiting.removeFirst());
            }
            return batch;
        }

        @Override
        public boolean isIdle() {
            return waiting.isEmpty();
        }
    }

    /** The one that serves. */
    private static final class Ours implements Policy {
        final ServiceTimes times = new ServiceTimes(64);
        final JobQueue queue;
        int refused;
        int shed;

        Ours(int preferred) {
            for (int i = 0; i < ROWS.length; i++) {
                times.seed(ROWS[i], (long) (MS[i] * 1.3e6));
            }
            queue = new JobQueue(new SchedulerLimits(1, 64, 100_000, 100_000, 0), times, preferred);
        }

        @Override
        public void arrive(Job job, long now, long busy) {
            if (queue.refusal(job, now, busy) == null) {
                queue.add(job, now);
            } else {
                refused++;
            }
        }

        @Override
        public List<Job> next(long now) {
            List<Job> batch = new ArrayList<>();
            List<Job> late = new ArrayList<>();
            while (batch.isEmpty() && !queue.isEmpty()) {
                queue.take(now, batch, late);
            }
            shed += late.size();
            return batch;
        }

        @Override
        public boolean isIdle() {
            return queue.isEmpty();
        }

        @Override
        public void took(int rows, long nanos) {
            times.observe(rows, nanos);
        }
    }

    private static double curve(int rows) {
        int i = 0;
        while (ROWS[i] < rows) {
            i++;
        }
        if (ROWS[i] == rows) {
            return MS[i];
        }
        double share = (double) (rows - ROWS[i - 1]) / (ROWS[i] - ROWS[i - 1]);
        return MS[i - 1] + share * (MS[i] - MS[i - 1]);
    }

    /** The instance: when it is free again, and how many it has answered in time. */
    private static final class Instance {
        private final Policy policy;
        private final SplittableRandom random;
        double freeAt;
        int good;

        Instance(Policy policy, SplittableRandom random) {
            this.policy = policy;
            this.random = random;
        }

        /** Executes what begins before then. */
        void serve(double until) {
            while (freeAt < until) {
                List<Job> batch = policy.next((long) freeAt);
                if (batch.isEmpty()) {
                    return;
                }
                double gauss =
                        Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
                double stall = random.nextInt(1000) == 0 ? 4 : 1;
                double run = curve(batch.size()) * 1e6 * Math.exp(0.15 * gauss) * stall;
                freeAt += run;
                for (Job job : batch) {
                    good += freeAt <= job.deadlineNanos() ? 1 : 0;
                }
                policy.took(batch.size(), (long) run);
            }
        }
    }

    /** Share of the arrivals that is answered by the model within the SLO. */
    private static double good(Policy policy, double load, boolean bursty, int arrivals) {
        SplittableRandom random = new SplittableRandom(42);
        double rate = load * UNBATCHED / 1e9;
        double now = 0;
        double phaseEnd = 0;
        boolean high = false;
        Instance instance = new Instance(policy, random);
        for (int i = 0; i < arrivals; i++) {
            double r = rate;
            if (bursty) {
                if (now > phaseEnd) {
                    high = !high;
                    phaseEnd = now - Math.log(1 - random.nextDouble()) * 20e6;
                }
                r = rate * (high ? 1.8 : 0.2);
            }
            now -= Math.log(1 - random.nextDouble()) / r;
            instance.serve(now);
            instance.freeAt = policy.isIdle() ? Math.max(instance.freeAt, now) : instance.freeAt;
            policy.arrive(new Job(List.of(ROW), (long) now + SLO, NOBODY), (long) now, (long)
                    Math.max(0, instance.freeAt - now));
        }
        instance.serve(Double.MAX_VALUE);
        return (double) instance.good / arrivals;
    }

    /** 2.5 times what could be served one by one, and for half of the time nearly twice as much. */
    @Test
    void underBurstsMostAnswersStillMakeTheSlo() {
        double ours = good(new Ours(64), 2.5, true, ARRIVALS);
        double natural = good(new Natural(), 2.5, true, ARRIVALS);
        assertThat(ours).isGreaterThan(0.7);
        assertThat(natural).isLessThan(ours / 2);
    }

    /** Beyond what batches can serve at all, as much is served as batches can: nothing is wasted on who is late anyway. */
    @Test
    void overloadDoesNotTakeCapacityAway() {
        double most = 32 / 3.275e-3 / UNBATCHED;
        for (double load : new double[] {1.2 * most, 1.5 * most, 3 * most}) {
            double served = load * good(new Ours(64), load, false, ARRIVALS);
            assertThat(served)
                    .as("of a capacity of %s, at a load of %s", most, load)
                    .isGreaterThan(0.9 * most);
        }
        assertThat(good(new Natural(), 1.5 * most, false, ARRIVALS)).isLessThan(0.05);
    }

    @Test
    void withoutPressureNobodyIsShed() {
        Ours ours = new Ours(64);
        assertThat(good(ours, 0.95, false, ARRIVALS)).isGreaterThan(0.999);
        assertThat(ours.shed + ours.refused).isZero();
    }
}
