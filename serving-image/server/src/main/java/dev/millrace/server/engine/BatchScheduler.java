package dev.millrace.server.engine;

import dev.millrace.server.engine.Submission.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Natural batching with deadlines: each instance thread takes what waits (up to a batch), executes it and takes again. No
 * timer by default: under load the queue itself makes batches, and without load nothing waits. {@link JobQueue} says who
 * goes when.
 *
 * <p>Never more executions at once than instances, whether on instance threads or, for a model that is faster than the way
 * to another thread, on those that submit.
 */
public final class BatchScheduler implements AutoCloseable {
    /** Sees every execution. */
    public interface Observer {
        void executed(int rows, long runNanos);

        /** It was ended early, since nobody waited for it any more. */
        default void terminated() {}

        Observer NONE = (rows, runNanos) -> {};
    }

    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    /** Without an inline execution for so many looks, nobody looks any more. */
    private static final int WATCH_LOOKS = 200;

    private final SchedulerLimits limits;
    private final ServiceTimes times;
    private final Observer observer;
    private final LongSupplier clock;
    private final InFlight inFlight;
    private final Inline inline;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final JobQueue queue;
    private final List<Execution> running = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int maxInFlight;
    private int looks;
    private boolean closed;

    /**
     * @param runners one for each instance thread, and one for each thread that executes what it submits
     * @param preferredRows rows beyond which a batch gains nothing; from the calibration
     * @param clock {@link System#nanoTime}
     */
    public BatchScheduler(
            SchedulerLimits limits,
            Supplier<Runner> runners,
            ServiceTimes times,
            int preferredRows,
            Observer observer,
            LongSupplier clock) {
        this.limits = limits;
        this.times = times;
        this.observer = observer;
        this.clock = clock;
        this.queue = new JobQueue(limits, times, preferredRows);
        this.maxInFlight = limits.maxInFlight();
        this.inFlight = new InFlight(clock);
        this.inline = new Inline(limits, times, runners);
        List<Runner> own = new ArrayList<>();
        try {
            for (int i = 0; i < limits.instances(); i++) {
                own.add(runners.get());
            }
        } catch (RuntimeException e) {
            own.forEach(Runner::close);
            throw e;
        }
        for (int i = 0; i < limits.instances(); i++) {
            Runner runner = own.get(i);
            Thread t = new Thread(() -> loop(runner), "instance-" + i);
            t.setDaemon(true);
            threads.add(t);
        }
        threads.forEach(Thread::start);
    }

    /**
     * Takes a job or refuses it at once: too many in flight, too many rows waiting, or the backlog alone uses up its
     * deadline. Never blocks for longer than another thread's hand-over or, of a fast model, its execution: the listener may
     * be called before it returns, on this thread.
     *
     * @return when refused, why; the listener is then not called
     */
    public Submission submit(Job job) {
        Runner own = inline.runner(job);
        List<Job> displaced = new ArrayList<>(0);
        Execution execution = null;
        Refusal refusal;
        long drain = 0;
        lock.lock();
        try {
            long now = clock.getAsLong();
            refusal = refusal(job, now, displaced);
            if (refusal != null) {
                drain = busyNanos(now) + queue.drainNanos(false);
            } else if (own != null && queue.isEmpty() && running.size() < limits.instances()) {
                job.submittedNanos = now;
                inFlight.queued();
                execution = begin(List.of(job), own, now, true);
                if (looks <= 0) {
                    work.signal();
                }
                looks = WATCH_LOOKS;
            } else {
                queue.add(job, now);
                inFlight.queued();
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        displaced.forEach(d -> d.listener().shed());
        if (execution != null) {
            execute(execution);
        }
        return refusal == null ? Submission.TAKEN : new Submission(refusal, drain);
    }

    /**
     * What {@link #submit} would say now to the smallest job that is not urgent: for those who would rather not make one that
     * is not taken.
     */
    public Submission preview(long deadlineNanos) {
        List<Job> hopeless = new ArrayList<>(0);
        Refusal refusal;
        long drain = 0;
        lock.lock();
        try {
            long now = clock.getAsLong();
            long busy = busyNanos(now);
            giveUp(now, busy, hopeless);
            refusal = closed
                    ? Refusal.CLOSED
                    : inFlight.total() >= maxInFlight
                            ? Refusal.IN_FLIGHT
                            : queue.refusal(1, deadlineNanos, false, now, busy);
            if (refusal != null) {
                drain = busy + queue.drainNanos(false);
            }
        } finally {
            lock.unlock();
        }
        hopeless.forEach(job -> job.listener().shed());
        return refusal == null ? Submission.TAKEN : new Submission(refusal, drain);
    }

    private void giveUp(long now, long busy, List<Job> hopeless) {
        queue.giveUp(now, busy, hopeless);
        hopeless.forEach(job -> inFlight.left());
    }

    private @Nullable Refusal refusal(Job job, long now, List<Job> displaced) {
        if (closed) {
            return Refusal.CLOSED;
        }
        long busy = busyNanos(now);
        giveUp(now, busy, displaced);
        Refusal refusal = queue.refusal(job, now, busy);
        boolean crowded = inFlight.total() >= maxInFlight;
        if (refusal == Refusal.DEADLINE || !crowded && refusal == null) {
            return refusal;
        }
        int rows = refusal == null ? 0 : queue.rows() + job.rows() - limits.maxQueueRows();
        List<Job> younger = new ArrayList<>(0);
        if (job.isUrgent() && queue.displace(crowded ? 1 : 0, rows, younger)) {
            younger.forEach(d -> inFlight.left());
            displaced.addAll(younger);
            return null;
        }
        return crowded ? Refusal.IN_FLIGHT : refusal;
    }

    /** Until the first of the instances is free, by estimate. */
    private long busyNanos(long now) {
        if (running.size() < limits.instances()) {
            return 0;
        }
        long least = Long.MAX_VALUE;
        for (Execution e : running) {
            least = Math.min(least, Math.max(0, e.startNanos + queue.serviceNanos(e.rows) - now));
        }
        return least;
    }

    /**
     * Takes back a job that still waits; its listener is then not called.
     *
     * @return false when it executes or is done
     */
    public boolean withdraw(Job job) {
        lock.lock();
        try {
            if (!queue.remove(job)) {
                return false;
            }
            inFlight.left();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nobody waits for this job any more; its listener is then not called. When it executes and nobody waits for the rest of
     * its batch either, the execution is ended early; the instance is busy until it has returned.
     *
     * @return false when it is done
     */
    public boolean abandon(Job job) {
        lock.lock();
        try {
            Execution execution = job.execution;
            return withdraw(job) || execution != null && execution.abandon(job);
        } finally {
            lock.unlock();
        }
    }

    /** Lowers (or raises again) how many requests may be queued and executing, within {@link SchedulerLimits}. */
    public void limitInFlight(int requests) {
        lock.lock();
        try {
            maxInFlight = Math.max(1, Math.min(requests, limits.maxInFlight()));
        } finally {
            lock.unlock();
        }
    }

    /** Requests queued and executing; one more is refused. */
    public int maxInFlight() {
        lock.lock();
        try {
            return maxInFlight;
        } finally {
            lock.unlock();
        }
    }

    /** Requests in the scheduler. */
    public InFlight inFlight() {
        return inFlight;
    }

    private void loop(Runner runner) {
        try (runner) {
            for (Execution e = take(runner); e != null; e = take(runner)) {
                execute(e);
            }
        }
    }

    /** Waits for work and takes a batch. Null: closed and empty. */
    private @Nullable Execution take(Runner runner) {
        List<Job> batch = new ArrayList<>();
        List<Job> late = new ArrayList<>();
        while (true) {
            Execution execution = null;
            lock.lock();
            try {
                while (queue.isEmpty() || running.size() >= limits.instances()) {
                    if (closed && queue.isEmpty()) {
                        return null;
                    }
                    awaitWork();
                }
                if (limits.maxDelayNanos() > 0) {
                    awaitMore();
                    if (running.size() >= limits.instances()) {
                        continue;
                    }
                }
                long now = clock.getAsLong();
                queue.take(now, batch, late);
                late.forEach(job -> inFlight.left());
                if (!batch.isEmpty()) {
                    execution = begin(batch, runner, now, false);
                }
                if (!queue.isEmpty()) {
                    work.signal();
                }
            } finally {
                lock.unlock();
            }
            late.forEach(job -> job.listener().shed());
            late.clear();
            if (execution != null) {
                return execution;
            }
        }
    }

    /** Meanwhile looks after inline executions: their own threads, that would cut them, are busy with them. */
    private void awaitWork() {
        if (looks <= 0) {
            work.awaitUninterruptibly();
            return;
        }
        try {
            if (work.awaitNanos(WATCH_NANOS) <= 0) {
                looks--;
                long now = clock.getAsLong();
                for (Execution e : running) {
                    if (e.inline && e.isLate(now)) {
                        e.terminate();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits up to the delay after the head's arrival, unless its deadline leaves no room for that. */
    private void awaitMore() {
        while (queue.rows() < limits.maxBatchRows() && !closed) {
            Job head = queue.head();
            if (head == null) {
                return;
            }
            long now = clock.getAsLong();
            long left = Math.min(
                    head.submittedNanos + limits.maxDelayNanos() - now,
                    head.deadlineNanos() - now - times.estimate(limits.maxBatchRows()));
            try {
                if (left <= 0 || work.awaitNanos(left) <= 0) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private Execution begin(List<Job> jobs, Runner runner, long now, boolean onSubmit) {
        Execution execution = new Execution(jobs, runner, now, onSubmit);
        running.add(execution);
        inFlight.started(jobs.size());
        return execution;
    }

    private void execute(Execution execution) {
        boolean done = execution.run(limits.maxBatchRows());
        long run = clock.getAsLong() - execution.startNanos;
        List<Job> told;
        lock.lock();
        try {
            told = execution.end();
            running.remove(execution);
            inFlight.finished(execution.jobs.size());
            if (!queue.isEmpty()) {
                work.signal();
            }
            if (running.isEmpty()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
        // of one that was ended early it is only known that it takes longer
        if (done || execution.terminated && run > times.estimate(execution.rows)) {
            times.observe(execution.rows, run);
            if (execution.inline) {
                inline.ran(execution.rows, run);
            }
        }
        if (done) {
            observer.executed(execution.rows, run);
        } else if (execution.terminated) {
            observer.terminated();
        }
        execution.tell(told, run);
    }

    /** Takes nothing new, executes what waits, ends the threads. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread t : threads) {
            try {
                t.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        lock.lock();
        try {
            while (!running.isEmpty()) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        inline.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
