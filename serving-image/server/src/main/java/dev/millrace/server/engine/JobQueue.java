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
 * it. Who might make it is shed only for others that fill the batch: on a machine that is shared, nearly no execution is sure
 * to be in time, and one of fewer rows is hardly shorter. Without pressure nobody is shed for an estimate alone, and a batch ends before the job that would make it too late for
 * its tightest member, as long as those left behind can afford that.
 */
final class JobQueue {
    /** Of the jobs that wait, how many are looked at for one batch. */
    private static final int SCAN = 256;

    private final SchedulerLimits limits;
    private final ServiceTimes times;
    private final BatchSize size;
    private final ArrayDeque<Job> urgent = new ArrayDeque<>();
    private final ArrayDeque<Job> normal = new ArrayDeque<>();
    private int urgentRows;
    private int normalRows;

    JobQueue(SchedulerLimits limits, ServiceTimes times, int preferredRows) {
        this.limits = limits;
        this.times = times;
        this.size = new BatchSize(limits, times, preferredRows);
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

    /** Rows of a batch. */
    int batchRows() {
        return size.rows();
    }

    /** How long so many rows take as a rule by themselves, in chunks when they are more than a batch may hold. */
    long serviceNanos(int rows) {
        return chunks(rows) * times.typical(Math.min(rows, limits.maxBatchRows()));
    }

    /** What nearly all executions of so many rows stay below. */
    private long surelyNanos(int rows) {
        return chunks(rows) * times.estimate(Math.min(rows, limits.maxBatchRows()));
    }

    private long chunks(int rows) {
        int most = limits.maxBatchRows();
        return rows <= most ? 1 : ((long) rows + most - 1) / most;
    }

    /** How long what waits will take; {@code urgentOnly}: what an urgent job finds ahead of it. */
    long drainNanos(boolean urgentOnly) {
        int batch = batchRows();
        int rows = urgentOnly ? urgentRows : rows();
        return ((long) rows + batch - 1) / batch * serviceNanos(batch) / limits.instances();
    }

    /**
     * Why a job cannot be let in; null = it can. Who is refused is refused with more rows and with less time, too.
     *
     * @param busyNanos until the first of the instances is free, by estimate
     */
    @Nullable
    Refusal refusal(int rows, long deadlineNanos, boolean isUrgent, long now, long busyNanos) {
        long left = deadlineNanos - now;
        if (isEmpty()) {
            // never by an estimate alone: an estimate that nothing refreshes would refuse for ever
            return left > 0 ? null : Refusal.DEADLINE;
        }
        if (rows() + rows > limits.maxQueueRows()) {
            return Refusal.QUEUE;
        }
        int batch = batchRows();
        int before = isUrgent ? urgentRows : rows();
        long full = before / batch;
        int beside = before % batch;
        if (beside > 0 && beside + rows > batch) {
            full++;
            beside = 0;
        }
        int own = Math.max(rows, Math.min(batch, beside + rows));
        long wait = busyNanos + full * serviceNanos(batch) / limits.instances();
        // one that fills what the instances execute next keeps nobody waiting: it is worth a try while it has a fair
        // chance
        long run = full < limits.instances() ? serviceNanos(own) : surelyNanos(own);
        return left > wait + run ? null : Refusal.DEADLINE;
    }

    @Nullable
    Refusal refusal(Job job, long now, long busyNanos) {
        return refusal(job.rows(), job.deadlineNanos(), job.isUrgent(), now, busyNanos);
    }

    void add(Job job, long now) {
        job.submittedNanos = now;
        size.given(job.deadlineNanos() - now);
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

    private boolean isPressed(Job head, long now, int most) {
        return rows() > most || 2 * (now - head.submittedNanos) > head.deadlineNanos() - head.submittedNanos;
    }

    /**
     * Gives up, under pressure, those at the head that cannot make it any more. While the instances take longer than
     * expected, whoever comes would else be refused for the sake of those.
     *
     * @param busyNanos until the first of the instances is free, by estimate
     */
    void giveUp(long now, long busyNanos, List<Job> shed) {
        Job head = head();
        if (head == null) {
            return;
        }
        int most = batchRows();
        if (isPressed(head, now, most)) {
            long least = busyNanos + times.typical(Math.min(rows(), most));
            giveUp(urgent, now + least, shed);
            giveUp(normal, now + least, shed);
        }
    }

    private void giveUp(ArrayDeque<Job> from, long done, List<Job> shed) {
        for (Job job = from.peekFirst(); job != null && job.deadlineNanos() - done <= 0; job = from.peekFirst()) {
            from.removeFirst();
            count(job, -1);
            shed.add(job);
        }
    }

    /** Fills {@code batch} with jobs of one shape, and {@code shed} with those that are given up. Both may stay empty. */
    void take(long now, List<Job> batch, List<Job> shed) {
        Job head = head();
        if (head == null) {
            return;
        }
        int most = batchRows();
        boolean pressed = isPressed(head, now, most);
        int rows = Math.min(rows(), most);
        long hopeless = pressed ? times.typical(rows) : 0;
        long doubtful = pressed ? times.estimate(rows) : 0;
        fill(urgent, now, hopeless, doubtful, most, batch, shed);
        fill(normal, now, hopeless, doubtful, most, batch, shed);
        if (!pressed) {
            endEarly(now, batch);
        }
    }

    /**
     * @param hopeless who has no more time left than this is given up
     * @param doubtful and who has no more than this, when there are enough others for a full batch
     */
    private void fill(
            ArrayDeque<Job> from, long now, long hopeless, long doubtful, int most, List<Job> batch, List<Job> shed) {
        List<Job> others = new ArrayList<>(0);
        int rows = rows(batch);
        for (int seen = 0; seen < SCAN && (batch.isEmpty() || rows < most); seen++) {
            Job job = from.pollFirst();
            if (job == null) {
                break;
            }
            long left = job.deadlineNanos() - now;
            if (left <= hopeless || left <= doubtful && rows + rows() - job.rows() >= most) {
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
