package dev.millrace.devkit.generator;

import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Counts and times of one run. Written on the generator's thread, read once it is over. */
final class Recorder {
    private static final long HIGHEST_NS = TimeUnit.MINUTES.toNanos(2);

    private final long sloNs;
    private final Histogram answered = new Histogram(HIGHEST_NS, 3);
    private final Histogram shed = new Histogram(HIGHEST_NS, 3);
    private final Histogram lag = new Histogram(HIGHEST_NS, 3);
    private final TreeMap<Integer, Long> statuses = new TreeMap<>();
    private long calls;
    private long within;
    private long flagged;
    private long waited;
    private long endNs;
    private final long startNs = System.nanoTime();

    Recorder(long sloNs) {
        this.sloNs = sloNs;
    }

    void called() {
        calls++;
    }

    /** The call went out; {@code lagNs} after it should have. */
    void sent(long lagNs) {
        lag.recordValue(clamp(lagNs));
    }

    /** It had to wait for another's answer, since no more connections are allowed. */
    void waited() {
        waited++;
    }

    /** {@code latencyNs}: from when it should have been sent. */
    void answered(int status, boolean fallback, long latencyNs) {
        statuses.merge(status, 1L, Long::sum);
        if (Status.isOk(status)) {
            answered.recordValue(clamp(latencyNs));
            within += latencyNs <= sloNs ? 1 : 0;
            flagged += fallback ? 1 : 0;
        } else if (Status.isShed(status)) {
            shed.recordValue(clamp(latencyNs));
        }
    }

    void end() {
        endNs = System.nanoTime();
    }

    private static long clamp(long ns) {
        return Math.max(0, Math.min(HIGHEST_NS, ns));
    }

    Figures figures(String load) {
        double seconds = (endNs - startNs) / 1e9;
        TreeMap<String, Long> names = new TreeMap<>();
        statuses.forEach((status, count) -> names.put(Status.name(status), count));
        return new Figures(
                load,
                seconds,
                calls,
                answered.getTotalCount(),
                Figures.Times.of(answered),
                sloNs / 1e6,
                within,
                shed.getTotalCount(),
                Figures.Times.of(shed),
                names,
                flagged,
                waited,
                Figures.Times.of(lag),
                null);
    }
}
