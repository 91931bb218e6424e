package dev.millrace.server.engine;

import dev.millrace.server.engine.Submission.Refusal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits, and the policy: who is let in, who executes next with whom, who is given up. Without threads and without a
 * clock; the scheduler calls it under its lock.
 *
 * <p>Urgent jobs go first, and normal ones fill what room they leave in a batch. Nothing else protects a normal job: under a
 * load of urgent ones that takes all the time it is shed when its deadline cannot be met any more, as any other.
 *
 * <p>Under pressure (more waits than one batch takes, or the head has waited for half its time) a batch is as large as pays,
 * and who could not make it in such a batch is shed: a batch that is made smaller to save one old job costs all those behind
 * it. Without pressure nobody is shed for an estimate alone, and a batch ends before the job that would make it too late for
 * its tightest member, as long as those left behind can afford that.
 */
final class JobQueue {
    /** Of the jobs that wait, how many are looked at for one batch. */
    private static final int SCAN = 256;
    /** The budget follows what callers ask for within some hundred jobs. */
    private static final double BUDGET_STEP = 1 / 64.0;

    private final SchedulerLimits limits;
    private final ServiceTimes times;
    private final int preferredRows;
    private final ArrayDeque<Job> urgent = new ArrayDeque<>();
    private final ArrayDeque<Job> normal = new ArrayDeque<>();
    private int urgentRows;
    private int normalRows;
    private double budgetNanos;

    JobQueue(SchedulerLimits limits, ServiceTimes times, int preferredRows) {
        this.limits = limits;
        this.times = times;
        this.preferredRows = Math.max(1, Math.min(preferredRows, limits.maxBatchRows()));
    }

    boolean isEmpty() {
        return urgent.isEmpty() && normal.isEmpty();
    }

    int rows() {
        return urgentRows + normalRows;
    }

    @Nullable
    Job head() {
        return urgent.isEmpty() ? normal.peekFirst() : urgent.peekFirst();
    }

    /** Rows of a batch: beyond them S(n)/n gains nothing, or one batch that executes and one that waits take too long. */
    int batchRows() {
        int rows = preferredRows;
        while (rows > 1 && budgetNanos > 0 && 2 * times.estimate(rows) > budgetNanos) {
            rows = Math.max(1, rows / 2);
        }
        return rows;
    }

    /** How long so many rows take by themselves, in chunks when they are more than a batch may hold. */
    long serviceNanos(int rows) {
        int most = limits.maxBatchRows();
        return rows <= most ? times.estimate(rows) : ((long) rows + most - 1) / most * times.estimate(most);
    }

    /** How long what waits will take; {@code urgentOnly}: what an urgent job finds ahead of it. */
    long drainNanos(boolean urgentOnly) {
        int batch = batchRows();
        int rows = urgentOnly ? urgentRows : rows();
        return ((long) rows + batch - 1) / batch * times.estimate(batch) / limits.instances();
    }

    /**
     * Why the job cannot be let in; null = it can.
     *
     * @param busyNanos until the first of the instances is free, by estimate
     */
    @Nullable
    Refusal refusal(Job job, long now, long busyNanos) {
        long left = job.deadlineNanos() - now;
        if (isEmpty()) {
            // never by an estimate alone: an estimate that nothing refreshes would refuse for ever
            return left > 0 ? null : Refusal.DEADLINE;
        }
        if (rows() + job.rows() > limits.maxQueueRows()) {
            return Refusal.QUEUE;
        }
        return left > busyNanos + drainNanos(job.isUrgent()) + serviceNanos(job.rows()) ? null : Refusal.DEADLINE;
    }

    void add(Job job, long now) {
        job.submittedNanos = now;
        long budget = job.deadlineNanos() - now;
        budgetNanos = budgetNanos == 0 ? budget : budgetNanos + BUDGET_STEP * (budget - budgetNanos);
        queue(job).addLast(job);
        count(job, 1);
    }

    boolean remove(Job job) {
        if (!queue(job).remove(job)) {
            return false;
        }
        count(job, -1);
        return true;
    }

    /**
     * Gives up the youngest normal jobs for an urgent one.
     *
     * @param jobs at least so many
     * @param rows at least so many
     * @return false: there are not enough of them, and none is given up
     */
    boolean displace(int jobs, int rows, List<Job> given) {
        if (normal.size() < jobs || normalRows < rows) {
            return false;
        }
        int freed = 0;
        for (int n = 0; n < jobs || freed < rows; n++) {
            Job youngest = normal.removeLast();
            count(youngest, -1);
            freed += youngest.rows();
            given.add(youngest);
        }
        return true;
    }

    /** Fills {@code batch} with jobs of one shape, and {@code shed} with those that are given up. Both may stay empty. */
    void take(long now, List<Job> batch, List<Job> shed) {
        Job head = head();
        if (head == null) {
            return;
        }
        int most = batchRows();
        boolean pressed = rows() > most || 2 * (now - head.submittedNanos) > head.deadlineNanos() - head.submittedNanos;
        long reserve = pressed ? times.estimate(Math.min(rows(), most)) : 0;
        fill(urgent, now, reserve, most, batch, shed);
        fill(normal, now, reserve, most, batch, shed);
        if (!pressed) {
            endEarly(now, batch);
        }
    }

    private void fill(ArrayDeque<Job> from, long now, long reserve, int most, List<Job> batch, List<Job> shed) {
        List<Job> others = new ArrayList<>(0);
        int rows = rows(batch);
        for (int seen = 0; seen < SCAN && (batch.isEmpty() || rows < most); seen++) {
            Job job = from.pollFirst();
            if (job == null) {
                break;
            }
            if (job.deadlineNanos() - now <= reserve) {
                count(job, -1);
                shed.add(job);
            } else if (batch.isEmpty() || job.fits(batch.get(0))) {
                if (!batch.isEmpty() && rows + job.rows() > most) {
                    from.addFirst(job);
                    break;
                }
                count(job, -1);
                batch.add(job);
                rows += job.rows();
            } else {
                others.add(job);
            }
        }
        for (int i = others.size() - 1; i >= 0; i--) {
            from.addFirst(others.get(i));
        }
    }

    /** Leaves the end of the batch for the next one, when that saves a member and costs none. */
    private void endEarly(long now, List<Job> batch) {
        int rows = rows(batch);
        if (batch.size() < 2 || tightest(batch, 0, batch.size()) - now >= times.estimate(rows)) {
            return;
        }
        for (int size = batch.size() - 1; size > 0; size--) {
            int first = rows(batch.subList(0, size));
            long run = times.estimate(first);
            if (tightest(batch, 0, size) - now >= run
                    && tightest(batch, size, batch.size()) - now >= run + times.estimate(rows - first)) {
                while (batch.size() > size) {
                    Job job = batch.remove(batch.size() - 1);
                    queue(job).addFirst(job);
                    count(job, 1);
                }
                return;
            }
        }
    }

    private static long tightest(List<Job> jobs, int from, int to) {
        long tightest = jobs.get(from).deadlineNanos();
        for (int i = from + 1; i < to; i++) {
            // differences: nanoTime may overflow
            if (jobs.get(i).deadlineNanos() - tightest < 0) {
                tightest = jobs.get(i).deadlineNanos();
            }
        }
        return tightest;
    }

    static int rows(List<Job> jobs) {
        int rows = 0;
        for (Job job : jobs) {
            rows += job.rows();
        }
        return rows;
    }

    private ArrayDeque<Job> queue(Job job) {
        return job.isUrgent() ? urgent : normal;
    }

    private void count(Job job, int sign) {
        if (job.isUrgent()) {
            urgentRows += sign * job.rows();
        } else {
            normalRows += sign * job.rows();
        }
    }
}
