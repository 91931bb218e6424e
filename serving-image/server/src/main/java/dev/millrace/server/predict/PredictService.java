package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.features.FeatureFetcher;
import dev.millrace.server.features.VectorAssembler;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Answers predict calls on one event loop. */
public final class PredictService {
    private final Vertx vertx;
    private final Context context;
    private final PredictContext shared;
    private final FeatureFetcher fetcher;
    private final VectorAssembler assembler;
    private final CallCheck check;

    /** {@code context}: of the event loop that calls {@link #predict}. */
    public PredictService(Vertx vertx, Context context, PredictContext shared, FeatureFetcher fetcher) {
        this.vertx = vertx;
        this.context = context;
        this.shared = shared;
        this.fetcher = fetcher;
        this.assembler = new VectorAssembler(shared.plan());
        ServingConfig config = shared.config();
        this.check = new CallCheck(shared.plan(), Math.max(1, config.server().maxQueueSize()));
    }

    /** The answer, or a {@link CallException}. Completes on the event loop, within the deadline. */
    public Future<PredictAnswer> predict(PredictCall call) {
        CallCheck.Checked checked;
        try {
            checked = check.check(call);
        } catch (CallException e) {
            return Future.failedFuture(e);
        }
        return new PredictRun(this, call, checked).start();
    }

    Vertx vertx() {
        return vertx;
    }

    Context context() {
        return context;
    }

    PredictContext shared() {
        return shared;
    }

    FeatureFetcher fetcher() {
        return fetcher;
    }

    VectorAssembler assembler() {
        return assembler;
    }
}
