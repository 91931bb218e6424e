package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig.Slo;

/** When an answer must be ready to be written. Pure. */
public final class Deadline {
    private Deadline() {}

    /**
     * Arrival + SLO threshold (or the caller's shorter timeout), less what post-processing may take.
     *
     * @param timeoutMs 0 = none
     * @return by {@link System#nanoTime}
     */
    public static long of(Slo slo, long startNanos, double timeoutMs) {
        double ms = timeoutMs > 0 ? Math.min(timeoutMs, slo.thresholdMs()) : slo.thresholdMs();
        // a timer has a resolution of 1 ms, and the answer has to be written: no more than a quarter of it, though
        double reserve = Math.min(slo.budget().postProcessingMs() + 1, ms / 4);
        return startNanos + (long) ((ms - reserve) * 1e6);
    }
}
