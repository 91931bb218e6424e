package dev.millrace.server.status;

import dev.millrace.contract.status.ServerStatus.Admission;
import dev.millrace.server.predict.ModelVersion;
import dev.millrace.server.predict.ServedModel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** State of the process. Written by the starter, read from every thread. */
public final class ServerState {
    /** The names are those of {@code /millrace/status}. */
    public enum Phase {
        Loading,
        Warming,
        Ready,
        Failed,
        Draining
    }

    /**
     * @param reason CamelCase; null = nothing to say
     * @param message names the file or field and the cure
     */
    public record Snapshot(Phase phase, @Nullable String reason, @Nullable String message) {}

    private final AtomicInteger underWay = new AtomicInteger();
    private volatile Snapshot snapshot = new Snapshot(Phase.Loading, null, null);
    private volatile @Nullable ModelVersion current;
    private volatile @Nullable ModelVersion candidate;
    private volatile @Nullable Trouble trouble;
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final ModelControl control = new ModelControl(() -> watchers.forEach(Runnable::run));
    private volatile double overheadMs;
    private volatile @Nullable Admission admission;

    /**
     * Why the server does not follow its document, although it serves.
     *
     * @param reason CamelCase
     * @param message names the file or field and the cure
     */
    public record Trouble(String reason, String message) {}

    public Snapshot snapshot() {
        return snapshot;
    }

    public void enter(Phase phase, @Nullable String reason, @Nullable String message) {
        snapshot = new Snapshot(phase, reason, message);
        watchers.forEach(Runnable::run);
    }

    /** {@code watcher} runs at every change, on the thread that makes it: it must only hand over. */
    public void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    public void unwatch(Runnable watcher) {
        watchers.remove(watcher);
    }

    /** A caller of the repository extension has taken the model out of service. */
    public boolean isUnloaded() {
        return control.residence() != ModelControl.Residence.LOADED;
    }

    public ModelControl control() {
        return control;
    }

    /** Null = the server follows its document. */
    public @Nullable Trouble trouble() {
        return trouble;
    }

    public void trouble(@Nullable Trouble found) {
        trouble = found;
    }

    /** May be sent traffic. */
    public boolean isReady() {
        return snapshot.phase() == Phase.Ready && !isUnloaded();
    }

    public boolean isDraining() {
        return snapshot.phase() == Phase.Draining;
    }

    /** The version that answers; its model may not be loaded yet. */
    public ModelVersion version() {
        ModelVersion version = current;
        if (version == null) {
            throw new IllegalStateException("a server has a version from its start");
        }
        return version;
    }

    /** Null = none that may be asked. To run it, {@link #hold} its version. */
    public @Nullable ServedModel model() {
        return version().model();
    }

    /** From here on requests that begin are answered by {@code next}. */
    public void serve(ModelVersion next) {
        current = next;
        candidate = null;
        next.live();
    }

    /** The version that is loaded beside the current one and asked by nobody but its own warm-up; null = none. */
    public void rehearse(@Nullable ModelVersion next) {
        candidate = next;
    }

    /**
     * The version that answers a request, held until {@link ModelVersion#release}.
     *
     * @param warmupToken of a version; null = a caller
     */
    public ModelVersion hold(@Nullable String warmupToken) {
        ModelVersion next = candidate;
        if (warmupToken != null && next != null && next.warmupToken().equals(warmupToken) && next.hold()) {
            return next;
        }
        ModelVersion version = version();
        while (!version.hold()) {
            version = version();
        }
        return version;
    }

    /** 99th percentile of the time outside the scheduler, as the warm-up measured it; 0 = not yet. */
    public double overheadMs() {
        return overheadMs;
    }

    public void overheadMs(double ms) {
        overheadMs = ms;
    }

    /** How many requests the server takes on; null = not known yet. */
    public @Nullable Admission admission() {
        return admission;
    }

    public void admission(Admission bound) {
        admission = bound;
    }

    /** A request begins. */
    public void begin() {
        underWay.incrementAndGet();
    }

    /** A request's last byte is written, or its caller is gone. */
    public void end() {
        if (underWay.decrementAndGet() == 0) {
            synchronized (underWay) {
                underWay.notifyAll();
            }
        }
    }

    /** Waits until no request is under way; false when that takes longer. */
    public boolean awaitIdle(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        synchronized (underWay) {
            for (long left = nanos; underWay.get() > 0; left = end - System.nanoTime()) {
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(underWay, left);
            }
        }
        return true;
    }

    /** Requests that began and have not ended. */
    public int underWay() {
        return underWay.get();
    }
}
