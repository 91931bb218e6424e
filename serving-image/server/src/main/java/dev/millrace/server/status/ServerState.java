package dev.millrace.server.status;

import dev.millrace.contract.status.ServerStatus.Admission;
import dev.millrace.server.predict.ServedModel;
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
    private final AtomicInteger worked = new AtomicInteger();
    private final AtomicInteger faulty = new AtomicInteger();
    private volatile Snapshot snapshot = new Snapshot(Phase.Loading, null, null);
    private volatile @Nullable ServedModel model;
    private volatile double overheadMs;
    private volatile @Nullable Admission admission;

    public Snapshot snapshot() {
        return snapshot;
    }

    public void enter(Phase phase, @Nullable String reason, @Nullable String message) {
        snapshot = new Snapshot(phase, reason, message);
    }

    /** May be sent traffic. */
    public boolean isReady() {
        return snapshot.phase() == Phase.Ready;
    }

    public boolean isDraining() {
        return snapshot.phase() == Phase.Draining;
    }

    /** Null = none that may be asked. It is there before {@link #isReady} so that the warm-up can use it. */
    public @Nullable ServedModel model() {
        return model;
    }

    public void serve(ServedModel loaded) {
        model = loaded;
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

    /** One of the server's own calls has ended; {@code works}: not by a fault. */
    public void rehearsed(boolean works) {
        (works ? worked : faulty).incrementAndGet();
    }

    /** The server's own calls that ended by a fault; -1 = at least one of them did not, so the server works. */
    public int faultyOnly() {
        return worked.get() > 0 ? -1 : faulty.get();
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
