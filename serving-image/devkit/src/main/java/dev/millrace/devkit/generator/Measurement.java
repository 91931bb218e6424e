package dev.millrace.devkit.generator;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs against one server as the options say. */
final class Measurement implements AutoCloseable {
    /** Of a probe, as a share of the whole run: a search takes many. */
    private static final int PROBES_PER_RUN = 2;

    private final LoadOptions options;
    private final Generator generator;
    private final @Nullable ServerUsage usage;
    private long seed;

    Measurement(LoadOptions options, Target target, List<ByteBuf> encoded, @Nullable ServerUsage usage) {
        this.options = options;
        this.usage = usage;
        this.seed = options.seed;
        this.generator = new Generator(
                target,
                Payloads.of(encoded, options.repeat, options.seed),
                options.connections,
                options.maxConnections,
                options.protocol.isPredict());
    }

    void warmUp() throws InterruptedException {
        if (options.warmUpNs > 0) {
            Integer closed = options.closed;
            if (closed == null) {
                generator.open(arrivals(options.rate), options.warmUpNs, options.sloNs);
            } else {
                generator.closed(closed, options.warmUpNs, options.sloNs);
            }
        }
    }

    Figures run() throws InterruptedException {
        Integer closed = options.closed;
        if (closed == null) {
            return open(options.rate, options.forNs);
        }
        ServerUsage.Used before = usage == null ? null : usage.now();
        return with(generator.closed(closed, options.forNs, options.sloNs).figures("closed loop of " + closed), before);
    }

    RateSearch.Found search() throws InterruptedException {
        return new RateSearch(perSecond -> open(perSecond, options.forNs / PROBES_PER_RUN)).from(options.rate);
    }

    private Figures open(double perSecond, long nanos) throws InterruptedException {
        String load = String.format(Locale.ROOT, "%s %.0f/s", options.arrivals, perSecond);
        ServerUsage.Used before = usage == null ? null : usage.now();
        return with(generator.open(arrivals(perSecond), nanos, options.sloNs).figures(load), before);
    }

    private Figures with(Figures figures, ServerUsage.@Nullable Used before) {
        return before == null || usage == null
                ? figures
                : figures.with(usage.now().since(before));
    }

    private Arrivals arrivals(double perSecond) {
        seed++;
        return switch (options.arrivals) {
            case poisson -> Arrivals.poisson(perSecond, seed);
            case constant -> Arrivals.constant(perSecond);
            case bursty -> Arrivals.bursty(perSecond, options.burst, options.burstPeriodNs, seed);
        };
    }

    @Override
    public void close() {
        generator.close();
    }
}
