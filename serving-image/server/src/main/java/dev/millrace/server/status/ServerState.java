package dev.millrace.server.status;

import dev.millrace.server.predict.ServedModel;
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
    private volatile @Nullable ServedModel model;
    private volatile double overheadMs;

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

    /** A request begins. */
    public void begin() {
        underWay.incrementAndGet();
    }

    /** A request's last byte is written, or its caller is gone. */
    public void end() {
        underWay.decrementAndGet();
    }

    /** Requests that began and have not ended. */
    public int underWay() {
        return underWay.get();
    }
}
