package dev.millrace.server.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Two instances that share a machine with the rest of the server and with others, in simulated time: an execution takes
 * twice what the calibration measured and more, it varies, and there are spells in which everything is slow. Service times
 * are those of a net of 512-2048-1024-1 on two cores.
 */
class OverloadSimulationTest {
    private static final int[] ROWS = {1, 2, 4, 8, 16, 32};
    private static final double[] MS = {0.65, 0.64, 0.67, 0.92, 1.30, 2.44};
    private static final int PREFERRED = 16;
    private static final int INSTANCES = 2;
    private static final double SECOND = 1e9;
    private static final double BUDGET = 8e6;
    private static final Tensor ROW = Tensor.ofRows("in", new float[] {1}, 1);
    private static final Job.Listener NOBODY = new Job.Listener() {
        @Override
        public void completed(List<Tensor> outputs, long queueNanos, long runNanos) {}

        @Override
        public void shed() {}

        @Override
        public void failed(ModelException e) {}
    };

    /** When an execution takes how many times what the calibration measured. */
    private interface Slowness {
        double at(double now);
    }

    /** Calls per ns. */
    private interface Rate {
        double at(double now);
    }

    private final SplittableRandom random = new SplittableRandom(7);
    private final ServiceTimes times = new ServiceTimes(32);
    private final JobQueue queue;
    private final double[] freeAt = new double[INSTANCES];
    private final double[] expectedAt = new double[INSTANCES];
    private double now;
    private double from;
    private int arrived;
    private int good;
    private int executed;
    private int runs;

    OverloadSimulationTest() {
        for (int i = 0; i < ROWS.length; i++) {
            times.seed(ROWS[i], (long) (MS[i] * 1.3e6));
        }
        queue = new JobQueue(new SchedulerLimits(INSTANCES, 32, 256, 256, 0), times, PREFERRED);
    }

    private static double curve(int rows) {
        int i = 0;
        while (ROWS[i] < rows) {
            i++;
        }
        double share = i == 0 ? 1 : (double) (rows - ROWS[i - 1]) / (ROWS[i] - ROWS[i - 1]);
        return 1e6 * (i == 0 ? MS[0] : MS[i - 1] + share * (MS[i] - MS[i - 1]));
    }

    /** Rows per ns, in batches as large as pays. */
    private static double capacity(double slowness) {
        return INSTANCES * PREFERRED / (curve(PREFERRED) * slowness);
    }

    private static Rate steady(double perNano) {
        return t -> perNano;
    }

    /** Twice the rate for a third of each second, half of it for the rest. */
    private static Rate bursts(double perNano) {
        return t -> perNano * (t % SECOND < SECOND / 3 ? 2 : 0.5);
    }

    /** Counts what arrives and executes after {@code begin}. */
    private void simulate(Rate rate, Slowness slowness, double jitter, double begin, double end) {
        from = begin;
        double next = 0;
        while (next < end) {
            int free = freeAt[0] <= freeAt[1] ? 0 : 1;
            if (!queue.isEmpty() && freeAt[free] <= next) {
                now = Math.max(now, freeAt[free]);
                execute(free, slowness.at(now) * Math.exp(jitter * gauss()));
            } else {
                now = next;
                arrive();
                next = now - Math.log(1 - random.nextDouble()) / rate.at(now);
            }
        }
    }

    private double gauss() {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    private void arrive() {
        Job job = new Job(List.of(ROW), (long) (now + BUDGET), NOBODY);
        double busy = Double.MAX_VALUE;
        for (int i = 0; i < INSTANCES; i++) {
            busy = Math.min(busy, freeAt[i] <= now ? 0 : Math.max(0, expectedAt[i] - now));
        }
        queue.giveUp((long) now, (long) busy, new ArrayList<>());
        if (queue.refusal(job, (long) now, (long) busy) == null) {
            queue.add(job, (long) now);
        }
        arrived += now >= from ? 1 : 0;
    }

    private void execute(int instance, double factor) {
        List<Job> batch = new ArrayList<>();
        queue.take((long) now, batch, new ArrayList<>());
        if (batch.isEmpty()) {
            return;
        }
        double run = curve(batch.size()) * factor;
        expectedAt[instance] = now + queue.serviceNanos(batch.size());
        freeAt[instance] = now + run;
        times.observe(batch.size(), (long) run);
        if (now >= from) {
            runs++;
            executed += batch.size();
            for (Job job : batch) {
                good += freeAt[instance] <= job.deadlineNanos() ? 1 : 0;
            }
        }
    }

    /** What was learnt in a bad moment is not kept: small batches, since all looked slow, would be all that ever executes. */
    @Test
    void aSlowSpellDoesNotTakeCapacityAway() {
        double most = capacity(2);
        double end = 4 * SECOND;
        simulate(steady(1.5 * most), t -> t < SECOND / 2 ? 12 : 2, 0.15, 2 * SECOND, end);
        assertThat(good / (end - from)).as("of %s", most).isGreaterThan(0.9 * most);
        assertThat((double) executed / runs).as("rows of a batch").isGreaterThan(PREFERRED - 1);
    }

    /** A full batch takes nearly half of the time that callers give: it is worth it all the same. */
    @Test
    void slowInstancesStillExecuteFullBatches() {
        double slowness = 2.8;
        double most = capacity(slowness);
        double end = 6 * SECOND;
        simulate(steady(1.5 * most), t -> slowness, 0.15, SECOND, end);
        assertThat(good / (end - from)).as("of %s", most).isGreaterThan(0.9 * most);
    }

    /** In bursts nearly all of what batches can serve. */
    @Test
    void burstsUpToTheCapacityAreServed() {
        double end = 6 * SECOND;
        simulate(bursts(0.45 * capacity(2)), t -> 2, 0.3, SECOND, end);
        assertThat((double) good / arrived).isGreaterThan(0.95);
    }

    /** One of five takes longer than callers give, whatever its size: that is no reason to execute rows one by one. */
    @Test
    void unreliableExecutionsAreFullOnes() {
        double end = 6 * SECOND;
        double most = capacity(0.8 * 2 + 0.2 * 12);
        simulate(steady(1.5 * most), t -> random.nextInt(5) == 0 ? 12 : 2, 0.15, SECOND, end);
        assertThat((double) executed / runs).as("rows of a batch").isGreaterThan(0.7 * PREFERRED);
        assertThat(good / (end - from)).as("of %s", most).isGreaterThan(0.65 * most);
    }
}
