package dev.millrace.server.status;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What callers of the repository extension want of the model, and what has become of it. Asked for on any thread; done, one
 * after another and not beside a swap, by the thread that loads models.
 */
public final class ModelControl {
    /** Where the model of a ready server is. */
    public enum Residence {
        LOADED,
        /** No new caller is answered; the last ones are. */
        UNLOADING,
        UNLOADED,
        LOADING
    }

    /** Something to do; {@code done} fails with what the caller is told. */
    public record Order(Kind kind, CompletableFuture<Void> done) {}

    /** {@code NOTHING}: only wakes who waits. */
    public enum Kind {
        LOAD,
        UNLOAD,
        NOTHING
    }

    private final Runnable changed;
    private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();
    private volatile Residence residence = Residence.LOADED;
    private volatile @Nullable String reason;

    /** {@code changed}: told of every change of residence, on the thread that makes it. */
    ModelControl(Runnable changed) {
        this.changed = changed;
    }

    public Residence residence() {
        return residence;
    }

    /** Why it is not loaded; null = it is, or nobody has failed to load it. */
    public @Nullable String reason() {
        return reason;
    }

    public void enter(Residence now, @Nullable String why) {
        synchronized (this) {
            reason = why;
            residence = now;
        }
        changed.run();
    }

    /** From now on no caller is answered; completed when the model is gone from memory. */
    public CompletableFuture<Void> unload() {
        boolean first;
        synchronized (this) {
            first = residence == Residence.LOADED;
            residence = first ? Residence.UNLOADING : residence;
        }
        if (first) {
            changed.run();
        }
        return ask(Kind.UNLOAD);
    }

    /** Completed when callers are answered. */
    public CompletableFuture<Void> load() {
        return ask(Kind.LOAD);
    }

    private CompletableFuture<Void> ask(Kind kind) {
        Order order = new Order(kind, new CompletableFuture<>());
        orders.add(order);
        return order.done();
    }

    /** Null = there is none after so long. */
    public @Nullable Order next(long ms) throws InterruptedException {
        return orders.poll(ms, TimeUnit.MILLISECONDS);
    }

    public void wake() {
        ask(Kind.NOTHING);
    }

    /** Nothing is done any more. */
    public void close(String why) {
        for (Order order = orders.poll(); order != null; order = orders.poll()) {
            order.done().completeExceptionally(new IllegalStateException(why));
        }
    }
}
