package dev.millrace.aggregator.sink;

import java.util.Collection;
import java.util.List;

/** One connection to the store, used by one thread. Connects when it must; after a failure the next call connects anew. */
public interface StoreClient extends AutoCloseable {
    /** What became of each write of a pipeline, in its order. */
    enum Result {
        WRITTEN,
        /** A strictly newer version was there. */
        SUPERSEDED,
        /** The store answered with an error: out of memory, read-only, loading. Try again. */
        FAILED
    }

    /** @param failure the first error that the store answered with; empty when there was none */
    record Answer(List<Result> results, String failure) {}

    /**
     * Sends the writes in one pipeline.
     *
     * @throws StoreUnavailableException when the connection failed: any of them may or may not have been written
     */
    Answer write(List<StoreWrite> writes) throws StoreUnavailableException;

    /**
     * Writes heartbeats, each only while the store is still the one that {@link #identity} told of.
     *
     * @return false when it is not: it was emptied, and what was acknowledged is gone
     */
    boolean heartbeats(Collection<HeartbeatWrite> heartbeats) throws StoreUnavailableException;

    /** Asks the store who it is; an empty one gets a new epoch by this. */
    StoreIdentity identity() throws StoreUnavailableException;

    @Override
    void close();
}
