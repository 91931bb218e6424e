package dev.millrace.server.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs that execute together. Guarded by the scheduler's lock, but for what is final and what the run leaves behind. */
final class Execution {
    final List<Job> jobs;
    final int rows;
    final Runner runner;
    final long startNanos;
    /** On the thread that submitted it, whose own timers cannot fire meanwhile. */
    final boolean inline;

    volatile boolean terminated;
    private int wanted;
    private boolean ended;
    private List<Tensor> outputs = List.of();
    private @Nullable ModelException failure;

    Execution(List<Job> jobs, Runner runner, long startNanos, boolean inline) {
        this.jobs = List.copyOf(jobs);
        this.rows = JobQueue.rows(jobs);
        this.runner = runner;
        this.startNanos = startNanos;
        this.inline = inline;
        this.wanted = jobs.size();
        runner.arm();
        for (Job job : jobs) {
            job.execution = this;
        }
    }

    /**
     * Nobody waits for the job any more. When that was the last of them, the run is ended early.
     *
     * @return false: its listener is told, or has been
     */
    boolean abandon(Job job) {
        if (ended || job.abandoned) {
            return false;
        }
        job.abandoned = true;
        wanted--;
        if (wanted == 0) {
            terminate();
        }
        return true;
    }

    void terminate() {
        if (!ended && !terminated) {
            terminated = true;
            runner.terminate();
        }
    }

    /** No job of it can make its deadline. */
    boolean isLate(long now) {
        for (Job job : jobs) {
            if (job.deadlineNanos() - now > 0) {
                return false;
            }
        }
        return true;
    }

    /** The run has returned: who still waits for it. */
    List<Job> end() {
        ended = true;
        List<Job> told = new ArrayList<>(jobs.size());
        for (Job job : jobs) {
            if (!job.abandoned) {
                told.add(job);
            }
        }
        return told;
    }

    /** On the thread that executes, without the lock. False: it failed. */
    boolean run(int maxBatchRows) {
        try {
            outputs = Executions.run(runner, jobs, rows, maxBatchRows);
            return true;
        } catch (ModelException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            // an instance must survive whatever a native library throws
            failure = new ModelException("execution failed: " + e, e);
        }
        return false;
    }

    /** After {@link #run}, on the same thread and without the lock: each of {@code told} its own rows, or what went wrong. */
    void tell(List<Job> told, long runNanos) {
        int from = 0;
        for (Job job : jobs) {
            int to = from + job.rows();
            if (told.contains(job)) {
                tell(job, from, to, runNanos);
            }
            from = to;
        }
    }

    private void tell(Job job, int from, int to, long runNanos) {
        ModelException e = failure;
        if (e == null) {
            List<Tensor> own = jobs.size() == 1 ? outputs : Executions.rows(outputs, from, to);
            job.listener().completed(own, startNanos - job.submittedNanos, runNanos);
        } else if (terminated) {
            job.listener().shed();
        } else {
            job.listener().failed(e);
        }
    }
}
