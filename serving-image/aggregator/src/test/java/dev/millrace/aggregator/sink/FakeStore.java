package dev.millrace.aggregator.sink;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** A store in memory that can be down, stuck, full or another one. */
public final class FakeStore implements StoreClient {
    public final Map<String, byte[]> values = new ConcurrentHashMap<>();
    public final Map<String, String> heartbeats = new ConcurrentHashMap<>();
    /** Keys of each pipeline. */
    public final List<List<String>> pipelines = new CopyOnWriteArrayList<>();

    public volatile StoreIdentity identity = new StoreIdentity("1", "run-1");
    public volatile boolean down;
    public volatile boolean full;
    private volatile StoreIdentity told = identity;
    private final Semaphore gate = new Semaphore(1_000_000);

    /** Lets no pipeline through until {@link #open}. */
    public void block() {
        gate.drainPermits();
    }

    public void open() {
        gate.release(1_000_000);
    }

    /** Everything is gone, and the next heartbeat finds out. */
    public void flush(String epoch) {
        identity = new StoreIdentity(epoch, identity.runId());
        values.clear();
        heartbeats.clear();
    }

    @Override
    public Answer write(List<StoreWrite> writes) throws StoreUnavailableException {
        gate.acquireUninterruptibly();
        check();
        pipelines.add(writes.stream().map(StoreWrite::key).toList());
        List<Result> results = new ArrayList<>();
        for (StoreWrite write : writes) {
            if (full) {
                results.add(Result.FAILED);
            } else {
                values.put(write.key(), write.value().clone());
                results.add(Result.WRITTEN);
            }
        }
        return new Answer(results, full ? "OOM command not allowed" : "");
    }

    @Override
    public boolean heartbeats(Collection<HeartbeatWrite> beats) throws StoreUnavailableException {
        check();
        if (!told.equals(identity)) {
            return false;
        }
        beats.forEach(beat -> heartbeats.put(beat.key(), beat.value()));
        return true;
    }

    @Override
    public StoreIdentity identity() throws StoreUnavailableException {
        check();
        told = identity;
        return identity;
    }

    private void check() throws StoreUnavailableException {
        if (down) {
            throw new StoreUnavailableException("store fake: down", new IllegalStateException());
        }
    }

    @Override
    public void close() {}
}
