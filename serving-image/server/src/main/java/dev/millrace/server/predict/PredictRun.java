package dev.millrace.server.predict;

import dev.millrace.server.engine.Job;
import dev.millrace.server.engine.ModelException;
import dev.millrace.server.engine.Submission;
import dev.millrace.server.engine.Tensor;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.features.FeatureVector.Rejection;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.metrics.FeatureMetrics.ReadResult;
import dev.millrace.server.metrics.Stage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One predict call under way. Everything happens on the call's event loop; each row is decided exactly once. */
final class PredictRun {
    private static final Logger LOG = LoggerFactory.getLogger(PredictRun.class);

    private final PredictService service;
    private final PredictContext shared;
    private final PredictCall call;
    private final CallCheck.Checked checked;
    private final ModelVersion version;
    private final @Nullable ServedModel model;
    private final @Nullable StandBy standBy;
    private final PredictRow[] rows;
    private final Promise<PredictAnswer> promise = Promise.promise();
    private final long deadline;
    private long timer = -1;
    private long queueTimer = -1;
    private long retryAfterSeconds = 1;
    private @Nullable Job job;
    private long standByTimer = -1;
    private boolean standByAsked;
    private @Nullable Reason givenUp;
    private boolean ended;
    private long featuresNanos;
    private long queueNanos;
    private long runNanos;
    private long postNanos;

    PredictRun(
            PredictService service,
            ModelVersion version,
            PredictContext shared,
            PredictCall call,
            CallCheck.Checked checked) {
        this.service = service;
        this.shared = shared;
        this.call = call;
        this.checked = checked;
        this.version = version;
        this.model = version.model();
        this.standBy = StandBy.of(service, version);
        this.deadline = Deadline.of(shared.config().slo(), call.startNanos(), call.timeoutMs());
        this.rows = new PredictRow[checked.entities().size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new PredictRow(
                    shared,
                    checked.entities().get(i),
                    checked.entityKeys().get(i),
                    checked.requests().get(i),
                    checked.isRanking());
        }
    }

    Future<PredictAnswer> start() {
        if (model == null) {
            decideAll(Reason.ModelUnavailable);
            end();
            return promise.future();
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            decideAll(Reason.Timeout);
            end();
            return promise.future();
        }
        timer = service.vertx().setTimer(Math.max(1, left / 1_000_000), t -> {
            Job waiting = job;
            if (waiting != null) {
                model.scheduler().abandon(waiting);
            }
            Reason why = givenUp;
            decideAll(why == null ? Reason.Timeout : why);
            end();
        });
        lookUp();
        if (ended) {
            return promise.future();
        }
        if (undecided().isEmpty()) {
            end();
        } else if (shared.plan().groups().isEmpty()) {
            read(new GroupRead[rows.length][0]);
        } else {
            long begin = System.nanoTime();
            double budget = Math.min(shared.config().slo().budget().featuresMs(), (deadline - begin) / 1e6);
            long latest = deadline - (long) (shared.config().slo().budget().inferenceMs() * 1e6);
            service.fetcher().fetch(checked.entities(), budget, latest, call.warmup(), reads -> {
                featuresNanos = System.nanoTime() - begin;
                read(reads);
            });
        }
        return promise.future();
    }

    /** The caches before the read: by entity, and by inputs. */
    private void lookUp() {
        EntityCache entities = shared.entities();
        if (entities != null && checked.isRanking()) {
            RankedAnswers ranked = new RankedAnswers(shared, call, checked, version.name());
            if (ranked.kept(entities, timings(), promise)) {
                close();
            }
            return;
        }
        RequestCache cache = shared.cache();
        for (PredictRow row : rows) {
            if (entities != null) {
                row.lookUp(entities);
            }
            if (cache != null && cache.isByInputs() && !row.isDecided()) {
                row.lookUp(cache, cache.key(List.copyOf(row.entity.values()), row.request));
            }
        }
    }

    private void read(GroupRead[][] reads) {
        if (ended) {
            return;
        }
        RequestCache cache = shared.cache();
        for (int i = 0; i < rows.length; i++) {
            PredictRow row = rows[i];
            if (row.isDecided()) {
                continue;
            }
            FeatureVector vector = service.assembler().assemble(row.request, reads[i]);
            row.vector = vector;
            count(vector, reads[i]);
            Rejection rejected = vector.rejected();
            if (vector.storeFailed() && shared.fallbacks().covers(Reason.FeatureStoreUnavailable)) {
                row.fallBack(Reason.FeatureStoreUnavailable);
            } else if (rejected != null) {
                row.fallBack(rejected == Rejection.FeatureStale ? Reason.FeatureStale : Reason.FeatureMissing);
            } else if (cache != null && !cache.isByInputs()) {
                row.lookUp(cache, cache.key(vector.values()));
            }
        }
        List<PredictRow> toScore = undecided();
        if (toScore.isEmpty()) {
            end();
        } else {
            score(toScore);
        }
    }

    private void score(List<PredictRow> toScore) {
        ServedModel served = model;
        if (served == null) {
            return;
        }
        List<double[]> vectors = new ArrayList<>(toScore.size());
        for (PredictRow row : toScore) {
            FeatureVector vector = row.vector;
            if (vector != null) {
                vectors.add(vector.input());
                if (shared.drift() != null) {
                    shared.drift().observe(vector.input());
                }
            }
        }
        HandBack loop = new HandBack(service.context());
        Job submitted = new Job(List.of(served.input(vectors)), deadline, new Job.Listener() {
            @Override
            public void completed(List<Tensor> outputs, long queue, long run) {
                loop.run(() -> scored(toScore, outputs, queue, run));
            }

            @Override
            public void shed() {
                boolean over = System.nanoTime() - deadline >= 0;
                loop.run(() -> giveUp(over ? Reason.Timeout : Reason.Overload));
            }

            @Override
            public void failed(ModelException e) {
                LOG.warn("the model failed: {}", e.getMessage());
                loop.run(() -> giveUp(Reason.ModelUnavailable));
            }
        });
        job = submitted;
        Submission submission = served.scheduler().submit(submitted);
        if (!submission.isTaken()) {
            retryAfterSeconds = submission.retryAfterSeconds();
            giveUp(Reason.Overload);
        }
        if (ended || givenUp != null) {
            // refused, or executed here and now
            return;
        }
        long begin = System.nanoTime();
        queueTimer =
                QueueCut.arm(service.vertx(), shared.config().slo().budget(), served.scheduler(), submitted, () -> {
                    queueNanos = System.nanoTime() - begin;
                    giveUp(Reason.Timeout);
                });
        beReady(toScore.size());
    }

    /** In time for its answer to be there at the deadline, should the current version not have answered by then. */
    private void beReady(int rows) {
        StandBy before = standBy;
        if (before != null && wantStandBy(Reason.Timeout)) {
            long at = deadline - before.neededNanos(rows) - System.nanoTime();
            standByTimer = service.vertx().setTimer(Math.max(1, at / 1_000_000), t -> askStandBy(() -> {}));
        }
    }

    private boolean wantStandBy(Reason reason) {
        return undecided().stream()
                .anyMatch(row -> row.vector != null && shared.fallbacks().wantsPrevious(reason, row.entityKey));
    }

    /** Once for a call; false = it will not answer. */
    private boolean askStandBy(Runnable then) {
        StandBy before = standBy;
        List<PredictRow> asked = undecided();
        if (before == null || standByAsked || ended) {
            return false;
        }
        List<double[]> vectors = new ArrayList<>(asked.size());
        for (PredictRow row : asked) {
            FeatureVector vector = row.vector;
            if (vector == null) {
                return false;
            }
            vectors.add(vector.input());
        }
        standByAsked = true;
        return before.ask(vectors, deadline, outputs -> {
            if (!outputs.isEmpty()) {
                List<List<Tensor>> answers = StandBy.rows(outputs, asked.size());
                for (int i = 0; i < asked.size(); i++) {
                    asked.get(i).previous = shared.threshold().score(answers.get(i));
                }
            }
            then.run();
        });
    }

    private void scored(List<PredictRow> scored, List<Tensor> outputs, long queue, long run) {
        if (ended) {
            return;
        }
        queueNanos = queue;
        runNanos = run;
        long begin = System.nanoTime();
        for (int i = 0; i < scored.size(); i++) {
            int from = i;
            scored.get(i)
                    .answer(shared.threshold()
                            .score(outputs.stream()
                                    .map(t -> t.rows(from, from + 1))
                                    .toList()));
        }
        postNanos = System.nanoTime() - begin;
        shared.metrics().observe(Stage.QUEUE, queue / 1e9);
        shared.metrics().observe(Stage.INFERENCE, run / 1e9);
        shared.metrics().observe(Stage.POST_PROCESSING, postNanos / 1e9);
        end();
    }

    /** The current version does not answer; the one before may, if there is time. */
    private void giveUp(Reason reason) {
        if (ended || givenUp != null) {
            return;
        }
        givenUp = reason;
        if (wantStandBy(reason) && askStandBy(this::fallBack)) {
            return;
        }
        fallBack();
    }

    private void fallBack() {
        Reason reason = givenUp;
        if (reason != null) {
            decideAll(reason);
            end();
        }
    }

    private void decideAll(Reason reason) {
        if (!ended) {
            undecided().forEach(row -> row.fallBack(reason));
        }
    }

    private List<PredictRow> undecided() {
        List<PredictRow> open = new ArrayList<>();
        for (PredictRow row : rows) {
            if (!row.isDecided()) {
                open.add(row);
            }
        }
        return open;
    }

    private void end() {
        if (ended) {
            return;
        }
        close();
        StandBy before = standBy;
        String beforeName = before == null ? version.name() : before.name();
        if (checked.isRanking()) {
            new RankedAnswers(shared, call, checked, version.name())
                    .finish(List.of(rows), beforeName, timings(), retryAfterSeconds, promise);
        } else {
            new PredictAnswers(shared, call, version.name(), beforeName)
                    .finish(List.of(rows), timings(), retryAfterSeconds, promise);
        }
    }

    private void close() {
        ended = true;
        service.vertx().cancelTimer(timer);
        service.vertx().cancelTimer(queueTimer);
        service.vertx().cancelTimer(standByTimer);
    }

    private Timings timings() {
        return new Timings(
                featuresNanos / 1e6,
                queueNanos / 1e6,
                runNanos / 1e6,
                postNanos / 1e6,
                (System.nanoTime() - call.startNanos()) / 1e6);
    }

    private void count(FeatureVector vector, GroupRead[] reads) {
        for (int g = 0; g < reads.length; g++) {
            GroupRead read = reads[g];
            ReadResult result =
                    switch (read.result()) {
                        case FRESH -> ReadResult.fresh;
                        case STALE -> ReadResult.stale;
                        case MISSING -> vector.rejected() == null ? ReadResult.defaulted : ReadResult.missing;
                        case CORRUPT, FAILED -> ReadResult.error;
                    };
            shared.featureMetrics().read(g, result, read.ageMs());
        }
        if (reads.length > 0) {
            shared.metrics().observe(Stage.FEATURES, featuresNanos / 1e9);
        }
    }
}
