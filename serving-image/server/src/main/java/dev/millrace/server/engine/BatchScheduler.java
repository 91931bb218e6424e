package dev.millrace.server.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Natural batching with deadlines: each instance thread takes what waits (up to a batch), executes it and takes again. No
 * timer by default: under load the queue itself makes batches, and without load nothing waits.
 *
 * <p>Rows, not requests, are counted. Jobs of different shapes never share an execution. Under backlog a head that cannot
 * meet its deadline is shed; batches are never shrunk to save one.
 */
public final class BatchScheduler implements AutoCloseable {
    /** Sees every execution. */
    public interface Observer {
        void executed(int rows, long runNanos);

        Observer NONE = (rows, runNanos) -> {};
    }

    private final SchedulerLimits limits;
    private final ServiceTimes times;
    private final Observer observer;
    private final LongSupplier clock;
    private final int preferredRows;
    private final InFlight inFlight;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    private final List<Thread> threads = new ArrayList<>();
    private int queuedRows;
    private int maxInFlight;
    private boolean closed;

    /**
     * @param runners one for each instance thread
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
        this.preferredRows = Math.max(1, Math.min(preferredRows, limits.maxBatchRows()));
        this.maxInFlight = limits.maxInFlight();
        this.inFlight = new InFlight(clock);
        for (int i = 0; i < limits.instances(); i++) {
            Runner runner = runners.get();
            Thread t = new Thread(() -> loop(runner), "instance-" + i);
            t.setDaemon(true);
            threads.add(t);
        }
        threads.forEach(Thread::start);
    }

    /**
     * Takes a job or refuses it at once: too many in flight, too many rows waiting, or the backlog alone uses up its
     * deadline. Never blocks for longer than another thread's hand-over.
     *
     * @return false when refused; the listener is then not called
     */
    public boolean submit(Job job) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            if (closed || inFlight.total() >= maxInFlight || !admits(job, now)) {
                return false;
            }
            job.submittedNanos = now;
            queue.addLast(job);
            queuedRows += job.rows();
            inFlight.queued();
            work.signal();
            return true;
        } finally {
            lock.unlock();
        }
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
            queuedRows -= job.rows();
            inFlight.left();
            return true;
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

    private boolean admits(Job job, long now) {
        if (queue.isEmpty()) {
            // never by an estimate alone: an estimate that nothing refreshes would refuse for ever
            return job.deadlineNanos() - now > 0;
        }
        if (queuedRows + job.rows() > limits.maxQueueRows()) {
            return false;
        }
        long batches = (queuedRows + preferredRows - 1) / preferredRows;
        long wait = batches * times.estimate(preferredRows) / limits.instances();
        return job.deadlineNanos() - now > wait + times.estimate(job.rows());
    }

    /** Requests in the scheduler. */
    public InFlight inFlight() {
        return inFlight;
    }

    private void loop(Runner runner) {
        try (runner) {
            List<Job> batch = new ArrayList<>();
            while (take(batch)) {
                execute(runner, batch);
                batch.clear();
            }
        }
    }

    /** Waits for work and takes a batch. False: closed and empty. */
    private boolean take(List<Job> batch) {
        List<Job> late = new ArrayList<>();
        while (batch.isEmpty()) {
            lock.lock();
            try {
                while (queue.isEmpty()) {
                    if (closed) {
                        return false;
                    }
                    work.awaitUninterruptibly();
                }
                if (limits.maxDelayNanos() > 0) {
                    awaitMore();
                }
                shedLate(late);
                fill(batch);
                if (!queue.isEmpty()) {
                    work.signal();
                }
            } finally {
                lock.unlock();
            }
            for (Job job : late) {
                job.listener().shed();
            }
            late.clear();
        }
        return true;
    }

    /** Waits up to the delay after the head's arrival, unless its deadline leaves no room for that. */
    private void awaitMore() {
        while (queuedRows < limits.maxBatchRows() && !closed) {
            Job head = queue.peekFirst();
            if (head == null) {
                return;
            }
            long now = clock.getAsLong();
            long left = Math.min(
                    head.submittedNanos + limits.maxDelayNanos() - now,
                    head.deadlineNanos() - now - times.estimate(limits.maxBatchRows()));
            try {
                if (left <= 0 || work.await(left, TimeUnit.NANOSECONDS)) {
                    if (left <= 0) {
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Heads that are past their deadline, and with more waiting than one batch takes, those that would be. */
    private void shedLate(List<Job> late) {
        long now = clock.getAsLong();
        Job head = queue.peekFirst();
        while (head != null) {
            int rows = Math.min(queuedRows, preferredRows);
            long reserve = queuedRows > preferredRows ? times.estimate(rows) : 0;
            if (head.deadlineNanos() - now > reserve) {
                return;
            }
            queue.removeFirst();
            queuedRows -= head.rows();
            inFlight.left();
            late.add(head);
            head = queue.peekFirst();
        }
    }

    /** The head, and in order of arrival all that have its shape and still fit. */
    private void fill(List<Job> batch) {
        Job head = queue.pollFirst();
        if (head == null) {
            return;
        }
        batch.add(head);
        int rows = head.rows();
        for (Iterator<Job> it = queue.iterator(); it.hasNext() && rows < preferredRows; ) {
            Job job = it.next();
            if (rows + job.rows() > preferredRows) {
                break;
            }
            if (job.fits(head)) {
                it.remove();
                batch.add(job);
                rows += job.rows();
            }
        }
        queuedRows -= rows;
        inFlight.started(batch.size());
    }

    private void execute(Runner runner, List<Job> batch) {
        int rows = 0;
        for (Job job : batch) {
            rows += job.rows();
        }
        long start = clock.getAsLong();
        List<Tensor> outputs;
        try {
            outputs = Executions.run(runner, batch, rows, limits.maxBatchRows());
        } catch (ModelException e) {
            inFlight.finished(batch.size());
            batch.forEach(job -> job.listener().failed(e));
            return;
        } catch (RuntimeException | Error e) {
            // an instance must survive whatever a native library or a listener throws
            inFlight.finished(batch.size());
            ModelException wrapped = new ModelException("execution failed: " + e, e);
            batch.forEach(job -> job.listener().failed(wrapped));
            return;
        }
        long run = clock.getAsLong() - start;
        inFlight.finished(batch.size());
        times.observe(rows, run);
        observer.executed(rows, run);
        int from = 0;
        for (Job job : batch) {
            List<Tensor> own = batch.size() == 1 ? outputs : Executions.rows(outputs, from, from + job.rows());
            from += job.rows();
            job.listener().completed(own, start - job.submittedNanos, run);
        }
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
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
