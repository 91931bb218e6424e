package dev.millrace.server.predict;

import io.vertx.core.Context;

/**
 * The way back to the event loop that submitted a job. A fast model is executed on that very thread: then there is no way to
 * go, and no turn of the loop to wait for.
 */
final class HandBack {
    private final Context context;
    private final Thread loop = Thread.currentThread();

    /** On the event loop. */
    HandBack(Context context) {
        this.context = context;
    }

    void run(Runnable then) {
        if (Thread.currentThread() == loop) {
            then.run();
        } else {
            context.runOnContext(v -> then.run());
        }
    }
}
