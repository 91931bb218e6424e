package dev.millrace.server.predict;

import dev.millrace.server.engine.Job;
import dev.millrace.server.engine.ModelException;
import dev.millrace.server.engine.Submission;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.metrics.Stage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rows of a call that go to the model together. On the call's event loop; it ends by telling its run, once. */
final class Attempt {
    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    private final PredictRun run;
    private final PredictService service;
    private final PredictContext shared;
    private final ServedModel model;
    private final long deadline;
    private final List<PredictRow> rows;
    private @Nullable Job job;
    private long queueTimer = -1;
    private @Nullable Reason givenUp;
    private boolean over;

    /** {@code rows}: each has its vector. */
    Attempt(
            PredictRun run,
            PredictService service,
            PredictContext shared,
            ServedModel model,
            long deadline,
            List<PredictRow> rows) {
        this.run = run;
        this.service = service;
        this.shared = shared;
        this.model = model;
        this.deadline = deadline;
        this.rows = rows;
    }

    void start() {
        List<double[]> vectors = new ArrayList<>(rows.size());
        for (PredictRow row : rows) {
            FeatureVector vector = row.vector;
            if (vector != null) {
                vectors.add(vector.input());
                if (shared.drift() != null) {
                    shared.drift().observe(vector.input());
                }
            }
        }
        HandBack loop = new HandBack(service.context());
        Job submitted = new Job(List.of(model.input(vectors)), deadline, new Job.Listener() {
            @Override
            public void completed(List<Tensor> outputs, long queue, long execution) {
                loop.run(() -> scored(outputs, queue, execution));
            }

            @Override
            public void shed() {
                boolean late = System.nanoTime() - deadline >= 0;
                loop.run(() -> giveUp(late ? Reason.Timeout : Reason.Overload));
            }

            @Override
            public void failed(ModelException e) {
                LOG.warn("the model failed: {}", e.getMessage());
                loop.run(() -> giveUp(Reason.ModelUnavailable));
            }
        });
        job = submitted;
        Submission submission = model.scheduler().submit(submitted);
        if (!submission.isTaken()) {
            run.retryAfter(submission.retryAfterSeconds());
            giveUp(Reason.Overload);
        }
        if (over || givenUp != null) {
            // refused, or executed here and now
            return;
        }
        long begin = System.nanoTime();
        queueTimer = QueueCut.arm(service.vertx(), shared.config().slo().budget(), model.scheduler(), submitted, () -> {
            run.queued(System.nanoTime() - begin);
            giveUp(Reason.Timeout);
        });
    }

    private void scored(List<Tensor> outputs, long queue, long execution) {
        if (over) {
            return;
        }
        close();
        long begin = System.nanoTime();
        for (int i = 0; i < rows.size(); i++) {
            int from = i;
            rows.get(i)
                    .answer(shared.threshold()
                            .score(outputs.stream()
                                    .map(t -> t.rows(from, from + 1))
                                    .toList()));
        }
        long post = System.nanoTime() - begin;
        shared.metrics().observe(Stage.QUEUE, queue / 1e9);
        shared.metrics().observe(Stage.INFERENCE, execution / 1e9);
        shared.metrics().observe(Stage.POST_PROCESSING, post / 1e9);
        run.executed(queue, execution, post);
    }

    /** The current version does not answer; the one before may, if there is time. */
    private void giveUp(Reason reason) {
        if (over || givenUp != null) {
            return;
        }
        givenUp = reason;
        // those who wait for these rows need not wait for the version before
        rows.forEach(PredictRow::leaveFlight);
        if (run.asksStandBy(reason, this::fallBack)) {
            return;
        }
        fallBack();
    }

    private void fallBack() {
        Reason reason = givenUp;
        if (over || reason == null) {
            return;
        }
        close();
        rows.forEach(row -> row.fallBack(reason));
        run.settle();
    }

    /** The deadline has come. */
    void late() {
        Job waiting = job;
        if (over) {
            return;
        }
        close();
        if (waiting != null) {
            model.scheduler().abandon(waiting);
        }
        Reason why = givenUp == null ? Reason.Timeout : givenUp;
        rows.forEach(row -> row.fallBack(why));
    }

    /** Nothing more comes of it. */
    void close() {
        over = true;
        service.vertx().cancelTimer(queueTimer);
    }
}
