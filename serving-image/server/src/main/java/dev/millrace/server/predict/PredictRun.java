package dev.millrace.server.predict;

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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One predict call under way. Everything happens on the call's event loop; each row is decided exactly once: by a cache, by the
 * model, by another call that has the same computed, or by the fallback.
 */
final class PredictRun {
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
    private final List<Attempt> attempts = new ArrayList<>(1);
    private long timer = -1;
    private long retryAfterSeconds = 1;
    private long standByTimer = -1;
    private boolean standByAsked;
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
        this(
                service,
                version,
                shared,
                call,
                checked,
                Deadline.of(shared.config().slo(), call.startNanos(), call.timeoutMs()));
    }

    /** {@code deadline}: by {@link System#nanoTime}; for rows that no caller waits for. */
    PredictRun(
            PredictService service,
            ModelVersion version,
            PredictContext shared,
            PredictCall call,
            CallCheck.Checked checked,
            long deadline) {
        this.service = service;
        this.shared = shared;
        this.call = call;
        this.checked = checked;
        this.version = version;
        this.model = version.model();
        this.standBy = StandBy.of(service, version);
        this.deadline = deadline;
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
            attempts.forEach(Attempt::late);
            decideAll(Reason.Timeout);
            end();
        });
        lookUp();
        if (!ended) {
            gather(toScore(List.of(rows)));
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
                // the version before needs a vector, which a row that waits here does not have
                lookUp(row, cache, cache.key(List.copyOf(row.entity.values()), row.request), standBy == null);
            }
        }
    }

    private void lookUp(PredictRow row, RequestCache cache, Hash128 key, boolean mayWait) {
        long begin = System.nanoTime();
        row.lookUp(cache, key, mayWait, entry -> service.context().runOnContext(v -> landed(row, entry, begin)));
    }

    /** The call that the row waited for has an answer, or has none: then the row goes its own way. */
    private void landed(PredictRow row, RequestCache.@Nullable Entry entry, long begin) {
        if (ended || row.isDecided()) {
            return;
        }
        queued(System.nanoTime() - begin);
        if (entry != null) {
            row.coalesced(entry);
            settle();
            return;
        }
        row.leaveFlight();
        if (row.vector == null) {
            gather(List.of(row));
        } else {
            score(List.of(row));
        }
    }

    /** Reads what the rows need. */
    private void gather(List<PredictRow> wanted) {
        if (wanted.isEmpty()) {
            settle();
        } else if (shared.plan().groups().isEmpty()) {
            read(wanted, new GroupRead[wanted.size()][0]);
        } else {
            long begin = System.nanoTime();
            double budget = Math.min(shared.config().slo().budget().featuresMs(), (deadline - begin) / 1e6);
            long latest = deadline - (long) (shared.config().slo().budget().inferenceMs() * 1e6);
            List<Map<String, String>> entities = wanted.size() == rows.length
                    ? checked.entities()
                    : wanted.stream().map(row -> row.entity).toList();
            service.fetcher().fetch(entities, budget, latest, call.warmup(), reads -> {
                featuresNanos = System.nanoTime() - begin;
                read(wanted, reads);
            });
        }
    }

    private void read(List<PredictRow> wanted, GroupRead[][] reads) {
        if (ended) {
            return;
        }
        RequestCache cache = shared.cache();
        for (int i = 0; i < wanted.size(); i++) {
            PredictRow row = wanted.get(i);
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
                // an answer without the store's values is not kept, nor is it given to others
                lookUp(row, cache, cache.key(vector.values()), !vector.storeFailed());
            }
        }
        score(toScore(wanted));
        beReady();
    }

    private void score(List<PredictRow> scored) {
        ServedModel served = model;
        if (scored.isEmpty() || served == null) {
            settle();
            return;
        }
        Attempt attempt = new Attempt(this, service, shared, served, deadline, scored);
        attempts.add(attempt);
        attempt.start();
    }

    /** In time for its answer to be there at the deadline, should the current version not have answered by then. */
    private void beReady() {
        StandBy before = standBy;
        if (before != null && !ended && !standByAsked && wantStandBy(Reason.Timeout)) {
            service.vertx().cancelTimer(standByTimer);
            long at = deadline - before.neededNanos(undecided().size()) - System.nanoTime();
            standByTimer = service.vertx().setTimer(Math.max(1, at / 1_000_000), t -> askStandBy(() -> {}));
        }
    }

    private boolean wantStandBy(Reason reason) {
        return undecided().stream()
                .anyMatch(row -> row.vector != null && shared.fallbacks().wantsPrevious(reason, row.entityKey));
    }

    /** {@code then} runs when the version before has answered, or cannot; false = it is not asked (again). */
    boolean asksStandBy(Reason reason, Runnable then) {
        return wantStandBy(reason) && askStandBy(then);
    }

    /** Once for a call; false = it will not answer. */
    private boolean askStandBy(Runnable then) {
        StandBy before = standBy;
        List<PredictRow> asked = new ArrayList<>();
        List<double[]> vectors = new ArrayList<>();
        for (PredictRow row : undecided()) {
            FeatureVector vector = row.vector;
            if (vector != null) {
                asked.add(row);
                vectors.add(vector.input());
            }
        }
        if (before == null || standByAsked || ended || asked.isEmpty()) {
            return false;
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

    /** An attempt has its answer. */
    void executed(long queue, long execution, long post) {
        queued(queue);
        runNanos = Math.max(runNanos, execution);
        postNanos += post;
        settle();
    }

    /** So long a row waited for the model, or for another call. */
    void queued(long nanos) {
        queueNanos = Math.max(queueNanos, nanos);
    }

    void retryAfter(long seconds) {
        retryAfterSeconds = seconds;
    }

    /** Ends when every row is decided. */
    void settle() {
        if (undecided().isEmpty()) {
            end();
        }
    }

    private void decideAll(Reason reason) {
        if (!ended) {
            undecided().forEach(row -> row.fallBack(reason));
        }
    }

    /** Rows that nobody has an answer for, or is having it computed. */
    private static List<PredictRow> toScore(List<PredictRow> of) {
        List<PredictRow> open = new ArrayList<>(of.size());
        for (PredictRow row : of) {
            if (!row.isDecided() && !row.isWaiting()) {
                open.add(row);
            }
        }
        return open;
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

    /** One for each row, once it has ended. */
    List<PredictRow> rows() {
        return List.of(rows);
    }

    private void close() {
        ended = true;
        service.vertx().cancelTimer(timer);
        service.vertx().cancelTimer(standByTimer);
        attempts.forEach(Attempt::close);
        for (PredictRow row : rows) {
            row.leaveFlight();
        }
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
                        case GAP -> ReadResult.gap;
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
