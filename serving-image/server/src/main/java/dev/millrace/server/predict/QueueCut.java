package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig.Budget;
import dev.millrace.server.engine.BatchScheduler;
import dev.millrace.server.engine.Job;
import io.vertx.core.Vertx;

/**
 * Gives up a job that waits longer than the queue budget that the spec gave. By a timer and not by the scheduler: while every
 * instance executes, none of them could look.
 */
final class QueueCut {
    private QueueCut() {}

    /**
     * Call it for a job that the scheduler took.
     *
     * @param cut called on the event loop, with the job withdrawn
     * @return the timer to cancel when the job is done; -1 = nothing is cut
     */
    static long arm(Vertx vertx, Budget budget, BatchScheduler scheduler, Job job, Runnable cut) {
        if (!budget.cutsQueue()) {
            return -1;
        }
        return vertx.setTimer(Math.max(1, Math.round(budget.queueMs())), t -> {
            if (scheduler.withdraw(job)) {
                cut.run();
            }
        });
    }
}
