package dev.millrace.e2e;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Awaits what the cluster does by itself, and prints how long that took. */
final class Waiting {
    /** For a machine that is busy with other things. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private Waiting() {}

    /**
     * Milliseconds until it was true. A target that is missed is told and no failure, because times depend on the machine;
     * never is a failure.
     */
    static long until(String what, Duration target, Callable<Boolean> isSo) {
        Duration atMost = target.multipliedBy(2).plus(GRACE);
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
        boolean missed = ms > target.toMillis();
        say("%s after %.1f s%s", what, ms / 1000.0, missed ? " (target: " + target.toSeconds() + " s)" : "");
        return ms;
    }

    static void say(String format, Object... arguments) {
        System.out.println("[e2e] " + String.format(java.util.Locale.ROOT, format, arguments));
    }
}
