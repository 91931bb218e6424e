package dev.millrace.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Awaits what the cluster does by itself, and prints how long that took. */
final class Waiting {
    private Waiting() {}

    /** Milliseconds until it was true. */
    static long until(String what, Duration atMost, Callable<Boolean> isSo) {
        long start = System.nanoTime();
        try {
            Awaitility.await(what)
                    .atMost(atMost)
                    .pollInterval(Duration.ofMillis(100))
                    .pollDelay(Duration.ZERO)
                    .ignoreExceptions()
                    .until(isSo);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("not within " + atMost.toSeconds() + " s: " + what, e);
        }
        long ms = (System.nanoTime() - start) / 1_000_000;
        say("%s after %.1f s", what, ms / 1000.0);
        return ms;
    }

    static void say(String format, Object... arguments) {
        System.out.println("[e2e] " + String.format(java.util.Locale.ROOT, format, arguments));
    }
}
