package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.FeatureFetcher;
import dev.millrace.server.features.FeatureVector;
import dev.millrace.server.features.VectorAssembler;
import dev.millrace.server.features.VectorPlan;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers predict calls on one event loop. */
public final class PredictService {
    private final Vertx vertx;
    private final Context context;
    private final FeatureFetcher fetcher;
    private final VectorAssembler assembler;
    private final CallCheck check;

    /** {@code context}: of the event loop that calls {@link #predict}. */
    public PredictService(Vertx vertx, Context context, ServingConfig config, VectorPlan plan, FeatureFetcher fetcher) {
        this.vertx = vertx;
        this.context = context;
        this.fetcher = fetcher;
        this.assembler = new VectorAssembler(plan);
        this.check = new CallCheck(
                plan,
                Math.max(1, config.server().maxQueueSize()),
                config.candidates() == null ? 0 : config.candidates().max());
    }

    /**
     * The answer, or a {@link CallException}. Completes on the event loop, within the deadline.
     *
     * @param version held by the caller until its answer is written
     */
    public Future<PredictAnswer> predict(ModelVersion version, PredictCall call) {
        PredictContext shared = context(version, call);
        CallCheck.Checked checked;
        try {
            checked = check.check(call);
        } catch (CallException e) {
            return Future.failedFuture(e);
        }
        return new PredictRun(this, version, shared, call, checked).start();
    }

    /**
     * The answer for an entity of which nothing but its ids is said. Where the model needs more than that (candidates, a
     * required request field), it is the entity's newest answer in L2, whatever it was made for.
     *
     * @param call one entity, no inputs
     */
    public Future<PredictAnswer> get(ModelVersion version, PredictCall call) {
        PredictContext shared = context(version, call);
        if (!check.needsBody() || shared.entities() == null) {
            // without L2 it fails and names what is missing
            return predict(version, call);
        }
        try {
            return Future.succeededFuture(new KeptAnswers(shared, version.name()).newest(check.entity(call), call));
        } catch (CallException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Computes a call's answer anew, into L2 and for nobody. From any thread.
     *
     * @param version held by the caller until it is done
     * @return whether L2 has it; or a {@link CallException}
     */
    public Future<Boolean> keep(ModelVersion version, PredictCall call) {
        PredictContext shared = version.filling();
        Promise<Boolean> done = Promise.promise();
        context.runOnContext(v -> {
            EntityCache entities = shared == null ? null : shared.entities();
            if (shared == null || entities == null) {
                done.fail(new IllegalStateException("nothing is kept by entity"));
                return;
            }
            try {
                CallCheck.Checked checked = check.check(call);
                new PredictRun(this, version, shared, call, checked)
                        .start()
                        .map(answer -> isKept(entities, checked, call.startNanos()))
                        .onComplete(done);
            } catch (RuntimeException e) {
                done.fail(e);
            }
        });
        return done.future();
    }

    /**
     * Scores readings together, as one call's rows are; a reading without an answer does not keep the others from theirs. From
     * any thread.
     *
     * @param version held by the caller until it is done
     * @param timeoutNanos from now; whose time is over has no answer, and no fallback for that
     * @return one for each reading, in order
     */
    public Future<List<Scored>> score(ModelVersion version, List<Reading> readings, long timeoutNanos) {
        PredictContext shared = version.streaming();
        Promise<List<Scored>> done = Promise.promise();
        if (shared == null) {
            done.fail(new IllegalStateException("no topic is scored"));
            return done.future();
        }
        context.runOnContext(v -> {
            try {
                long now = System.nanoTime();
                PredictCall call = new PredictCall("", List.of(), Map.of(), List.of(), false, 0, null, now, false);
                CallCheck.Checked rows = new CallCheck.Checked(
                        readings.stream().map(Reading::entity).toList(),
                        readings.stream().map(r -> CallCheck.key(r.entity())).toList(),
                        readings.stream().map(Reading::inputs).toList(),
                        List.of());
                ModelVersion before = version.predecessor();
                PredictRun run = new PredictRun(this, version, shared, call, rows, now + timeoutNanos);
                run.start().onComplete(answer -> {
                    if (answer.failed() && run.rows().stream().anyMatch(row -> row.reason == null)) {
                        done.fail(answer.cause());
                        return;
                    }
                    done.complete(scored(
                            run.rows(),
                            answer.succeeded() ? answer.result().predictions() : List.of(),
                            version.name(),
                            before == null ? version.name() : before.name()));
                });
            } catch (RuntimeException e) {
                done.tryFail(e);
            }
        });
        return done.future();
    }

    private static List<Scored> scored(
            List<PredictRow> rows, List<Prediction> predictions, String version, String previous) {
        List<Scored> all = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            PredictRow row = rows.get(i);
            Reason reason = row.reason;
            FeatureVector vector = row.vector;
            boolean answered = row.score != null && i < predictions.size();
            all.add(new Scored(
                    answered ? predictions.get(i) : null,
                    Fallbacks.PREVIOUS.equals(row.step) ? previous : version,
                    reason,
                    answered || reason == null ? null : PredictAnswers.text(reason, vector),
                    vector != null && vector.storeFailed()));
        }
        return all;
    }

    private static boolean isKept(EntityCache entities, CallCheck.Checked checked, long sinceNanos) {
        if (checked.isRanking()) {
            Hash128 call = entities.call(checked.items(), checked.requests());
            return entities.holds(checked.entityKeys().get(0), call, sinceNanos);
        }
        for (int i = 0; i < checked.entities().size(); i++) {
            Hash128 call = entities.call(checked.requests().get(i));
            if (!entities.holds(checked.entityKeys().get(i), call, sinceNanos)) {
                return false;
            }
        }
        return true;
    }

    /** The join keys that name a prediction, in the order in which a path names them. */
    public List<String> keys() {
        return check.keys();
    }

    private static PredictContext context(ModelVersion version, PredictCall call) {
        PredictContext shared = version.side(call.warmup()).predict();
        if (shared == null) {
            throw new IllegalStateException("a server without features has no predict service");
        }
        return shared;
    }

    Vertx vertx() {
        return vertx;
    }

    Context context() {
        return context;
    }

    FeatureFetcher fetcher() {
        return fetcher;
    }

    VectorAssembler assembler() {
        return assembler;
    }
}
