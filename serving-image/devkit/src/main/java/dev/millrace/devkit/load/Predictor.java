package dev.millrace.devkit.load;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/** A way to call predict. Its futures never fail: a call that broke is an answer with an error. */
public interface Predictor {
    Future<PredictAnswer> predict(PredictCall call);

    /** Blocks, for a minute at most; not for an event loop. */
    default PredictAnswer ask(PredictCall call) {
        return predict(call)
                .toCompletionStage()
                .toCompletableFuture()
                .completeOnTimeout(PredictAnswer.failed("no answer within 60 s"), 60, TimeUnit.SECONDS)
                .join();
    }
}
