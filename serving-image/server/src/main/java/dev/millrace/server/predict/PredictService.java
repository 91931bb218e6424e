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
    private final PredictContext rehearsal;
    private final FeatureFetcher fetcher;
    private final VectorAssembler assembler;
    private final CallCheck check;

    /**
     * @param context of the event loop that calls {@link #predict}
     * @param rehearsal what the warm-up's calls use in place of {@code shared}
     */
    public PredictService(
            Vertx vertx, Context context, PredictContext shared, PredictContext rehearsal, FeatureFetcher fetcher) {
        this.vertx = vertx;
        this.context = context;
        this.shared = shared;
        this.rehearsal = rehearsal;
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
        return new PredictRun(this, call.warmup() ? rehearsal : shared, call, checked).start();
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
