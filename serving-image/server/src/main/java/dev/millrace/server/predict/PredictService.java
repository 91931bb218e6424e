package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.FeatureFetcher;
import dev.millrace.server.features.VectorAssembler;
import dev.millrace.server.features.VectorPlan;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

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
        PredictContext shared = version.side(call.warmup()).predict();
        if (shared == null) {
            throw new IllegalStateException("a server without features has no predict service");
        }
        CallCheck.Checked checked;
        try {
            checked = check.check(call);
        } catch (CallException e) {
            return Future.failedFuture(e);
        }
        return new PredictRun(this, version, shared, call, checked).start();
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
