package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.FeatureFetcher;
import dev.millrace.server.features.VectorAssembler;
import dev.millrace.server.features.VectorPlan;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;

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
