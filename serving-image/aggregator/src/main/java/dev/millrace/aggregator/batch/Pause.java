package dev.millrace.aggregator.batch;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Between two attempts. */
final class Pause {
    private static final long FIRST_MS = 200;
    private static final int LONGEST = 5;

    private Pause() {}

    /** Doubles with each attempt, from 0.2 s to 6.4 s. */
    static void after(int attempt) throws SourceException {
        try {
            new CountDownLatch(1).await(FIRST_MS << Math.min(attempt, LONGEST), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceException("interrupted", e);
        }
    }
}
