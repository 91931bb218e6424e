package dev.millrace.devkit.load;

import io.vertx.core.Future;

/** A way to call predict. Its futures never fail: a call that broke is an answer with an error. */
public interface Predictor {
    Future<PredictAnswer> predict(PredictCall call);
}
