package dev.millrace.server.predict;

import dev.millrace.contract.config.ServingConfig;
import dev.millrace.server.metrics.ServerMetrics;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One version of the model: the document that names it, what is counted and remembered for it, and the loaded model once
 * there is one.
 *
 * <p>A request holds the version that answers it from its first byte to its last. A version is closed only when nobody holds
 * it any more: a session that is closed during a run takes the process with it (microsoft/onnxruntime#21812).
 */
public final class ModelVersion {
    /** Added to the number of holders when nobody new may hold the version. */
    private static final int CLOSING = Integer.MIN_VALUE;

    private final ServingConfig config;
    private final Side callers;
    private final Side rehearsal;
    private final @Nullable PredictContext filling;
    private final @Nullable PredictContext streaming;
    private final String warmupToken;
    private final AtomicInteger holders = new AtomicInteger();
    private final AtomicInteger worked = new AtomicInteger();
    private final AtomicInteger faulty = new AtomicInteger();
    private volatile @Nullable ServedModel model;
    private volatile @Nullable ModelVersion predecessor;
    private volatile boolean live;

    /**
     * What one kind of caller sees.
     *
     * @param predict null = the spec has no features
     */
    public record Side(ServerMetrics metrics, @Nullable PredictContext predict) {}

    /** {@code rehearsal}: for the server's own calls, which leave no trace. */
    public ModelVersion(ServingConfig config, Side callers, Side rehearsal) {
        this(config, callers, rehearsal, null, null);
    }

    /**
     * @param filling for calls that fill L2 and are nobody's; null = there are none
     * @param streaming for readings of a topic; null = none is scored
     */
    public ModelVersion(
            ServingConfig config,
            Side callers,
            Side rehearsal,
            @Nullable PredictContext filling,
            @Nullable PredictContext streaming) {
        this.config = config;
        this.callers = callers;
        this.rehearsal = rehearsal;
        this.filling = filling;
        this.streaming = streaming;
        byte[] token = new byte[16];
        new SecureRandom().nextBytes(token);
        this.warmupToken = HexFormat.of().formatHex(token);
    }

    /** The document as of this version; all but {@code model} is the same for every version of a process. */
    public ServingConfig config() {
        return config;
    }

    /** As answers, metrics and log records name it. */
    public String name() {
        return config.model().version();
    }

    /** Header value by which the server knows its own calls, and which version they are for; random. */
    public String warmupToken() {
        return warmupToken;
    }

    public Side side(boolean warmup) {
        return warmup ? rehearsal : callers;
    }

    @Nullable
    PredictContext filling() {
        return filling;
    }

    @Nullable
    PredictContext streaming() {
        return streaming;
    }

    public ServerMetrics metrics() {
        return callers.metrics();
    }

    /** Null = not loaded yet. It is there before the version is live so that the warm-up can use it. */
    public @Nullable ServedModel model() {
        return model;
    }

    public void loaded(ServedModel loaded) {
        model = loaded;
    }

    /** Callers are answered by it. */
    public boolean isLive() {
        return live;
    }

    public void live() {
        live = true;
    }

    /** The version before this one, kept for the fallback step {@code PreviousVersion}; null = there is none. */
    public @Nullable ModelVersion predecessor() {
        return predecessor;
    }

    public void predecessor(@Nullable ModelVersion kept) {
        predecessor = kept;
    }

    /** True: it stays open until {@link #release}. False: it closes; another one is current. */
    public boolean hold() {
        for (int n = holders.get(); n >= 0; n = holders.get()) {
            if (holders.compareAndSet(n, n + 1)) {
                return true;
            }
        }
        return false;
    }

    public void release() {
        if (holders.decrementAndGet() == CLOSING) {
            synchronized (holders) {
                holders.notifyAll();
            }
        }
    }

    /** Who holds it now. */
    public int holders() {
        return holders.get() & Integer.MAX_VALUE;
    }

    /**
     * Lets nobody new hold it, waits for those who do, and closes the model. Call it once, and for a version that is not
     * current any more. Those who are too slow find the scheduler closed: they cannot run on a session that is gone.
     */
    public void close(long patienceNanos) {
        holders.addAndGet(CLOSING);
        try {
            awaitReleased(patienceNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ServedModel loaded = model;
        if (loaded != null) {
            loaded.close();
            // what it had in memory goes with it, whoever still knows the version
            model = null;
        }
    }

    private void awaitReleased(long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        synchronized (holders) {
            for (long left = nanos; holders.get() != CLOSING && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(holders, left);
            }
        }
    }

    /** One of the server's own calls has ended; {@code works}: not by a fault. */
    public void rehearsed(boolean works) {
        (works ? worked : faulty).incrementAndGet();
    }

    /** The server's own calls that ended by a fault; -1 = at least one of them did not, so the version works. */
    public int faultyOnly() {
        return worked.get() > 0 ? -1 : faulty.get();
    }
}
