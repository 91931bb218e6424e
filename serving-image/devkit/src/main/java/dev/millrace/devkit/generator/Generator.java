package dev.millrace.devkit.generator;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Runs against one server, one after another, over the same connections. */
final class Generator implements AutoCloseable {
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(30);
    /** Calls that are due at once go out so many at a time, with answers read between. */
    private static final int BATCH = 32;

    private final EventLoopGroup group = Transport.group();
    private final EventLoop loop = group.next();
    private final Connections connections;

    /** @param open connections to have from the start */
    Generator(Target target, Payloads payloads, int open, int max, boolean readFlags) {
        this.connections = new Connections(group, target, payloads, max, readFlags);
        loop.execute(() -> connections.open(open));
    }

    /** Calls when they are due, for {@code nanos}, whatever the server does; then waits for what is under way. */
    Recorder open(Arrivals arrivals, long nanos, long sloNs) throws InterruptedException {
        return run(sloNs, (recorder, done) -> new OpenRun(recorder, arrivals, nanos, done).begin());
    }

    /** {@code callers} that each call again as soon as they are answered. */
    Recorder closed(int callers, long nanos, long sloNs) throws InterruptedException {
        return run(sloNs, (recorder, done) -> {
            long end = System.nanoTime() + nanos;
            connections.open(callers);
            connections.begin(recorder, link -> {
                long now = System.nanoTime();
                if (now < end) {
                    connections.call(now);
                }
            });
            for (int i = 0; i < callers; i++) {
                connections.call(System.nanoTime());
            }
            loop.schedule(
                    () -> {
                        recorder.end();
                        awaitAnswers(end + PATIENCE_NS, done);
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
        });
    }

    private interface Start {
        void with(Recorder recorder, CompletableFuture<Boolean> done);
    }

    private Recorder run(long sloNs, Start start) throws InterruptedException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Recorder recorder = get(() -> {
            Recorder made = new Recorder(sloNs);
            start.with(made, done);
            return made;
        });
        try {
            if (!done.get()) {
                get(() -> {
                    connections.close();
                    return recorder;
                });
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return recorder;
    }

    private <T> T get(Callable<T> what) throws InterruptedException {
        try {
            return loop.submit(what).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Looks again every millisecond. {@code done}: whether all answers came. */
    private void awaitAnswers(long until, CompletableFuture<Boolean> done) {
        if (connections.underWay() == 0) {
            done.complete(true);
        } else if (System.nanoTime() > until) {
            done.complete(false);
        } else {
            loop.schedule(() -> awaitAnswers(until, done), 1, TimeUnit.MILLISECONDS);
        }
    }

    /** The clock of one open run. */
    private final class OpenRun implements Runnable {
        private final Recorder recorder;
        private final Arrivals arrivals;
        private final long start = System.nanoTime();
        private final long end;
        private final CompletableFuture<Boolean> done;
        private long next;

        OpenRun(Recorder recorder, Arrivals arrivals, long nanos, CompletableFuture<Boolean> done) {
            this.recorder = recorder;
            this.arrivals = arrivals;
            this.end = start + nanos;
            this.done = done;
        }

        void begin() {
            connections.begin(recorder, link -> {});
            next = start + arrivals.nextNs();
            run();
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            for (int i = 0; i < BATCH && next <= now && next < end; i++) {
                connections.call(next);
                next = start + arrivals.nextNs();
            }
            if (next < end) {
                if (next <= now) {
                    loop.execute(this);
                } else {
                    loop.schedule(this, next - System.nanoTime(), TimeUnit.NANOSECONDS);
                }
            } else {
                loop.schedule(this::finish, end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        }

        private void finish() {
            recorder.end();
            awaitAnswers(end + PATIENCE_NS, done);
        }
    }

    @Override
    public void close() {
        loop.execute(connections::close);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
