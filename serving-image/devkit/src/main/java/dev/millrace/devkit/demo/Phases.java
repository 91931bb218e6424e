package dev.millrace.devkit.demo;

import dev.millrace.devkit.load.LoadStats;
import dev.millrace.devkit.load.OpenLoop;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a run, each shown while it lasts.
 *
 * @param events how many were made so far
 */
record Phases(Screen screen, AggregatorProbe probe, LongSupplier events) {

    /**
     * Blocks.
     *
     * @param before what the aggregator had measured when the figures begin
     * @param note the last thing worth telling
     */
    void run(
            String name,
            OpenLoop loop,
            Supplier<OpenLoop.Work> work,
            LoadStats stats,
            Histogram before,
            Duration duration,
            Supplier<@Nullable String> note) {
        Thread sender = new Thread(() -> loop.run(duration.toNanos(), work, stats), "open-loop");
        sender.setPriority(Thread.MAX_PRIORITY);
        sender.start();
        long every = screen.isLive() ? 500 : 5_000;
        try {
            sender.join(every);
            while (sender.isAlive()) {
                screen.show(name, stats.snapshot(), probe.pipeline().minus(before), events.getAsLong(), note.get());
                sender.join(every);
            }
            screen.show(name, stats.snapshot(), probe.pipeline().minus(before), events.getAsLong(), note.get());
        } catch (InterruptedException e) {
            sender.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
