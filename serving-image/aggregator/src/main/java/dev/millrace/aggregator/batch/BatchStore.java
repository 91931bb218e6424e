package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.RedisStoreClient;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.aggregator.sink.ValueWrite;
import dev.millrace.contract.store.StoreKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The values of a run on their way to the store: pipelines that are tried again for a while. Used by one thread; any may
 * close it, which ends the wait for a store that does not answer.
 */
final class BatchStore implements AutoCloseable {
    private static final long RETRY_MS = 200;

    private final StoreConnections connections;
    private final Duration patience;
    private final StoreClient client;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param patience how long a store that does not answer is waited for */
    BatchStore(StoreConnections connections, String ns, ValueWrite values, Duration patience) {
        this.connections = connections;
        this.patience = patience;
        this.client = new RedisStoreClient(connections, StoreKeys.meta(ns), values);
    }

    /** Writes all, in order; returns how many a later run had written already. */
    int write(List<StoreWrite> writes) throws StoreUnavailableException {
        long deadline = System.nanoTime() + patience.toNanos();
        List<StoreWrite> left = writes;
        int superseded = 0;
        while (true) {
            StoreUnavailableException failure;
            try {
                StoreClient.Answer answer = client.write(left);
                List<StoreWrite> refused = new ArrayList<>();
                for (int i = 0; i < left.size(); i++) {
                    switch (answer.results().get(i)) {
                        case SUPERSEDED -> superseded++;
                        case FAILED -> refused.add(left.get(i));
                        case WRITTEN -> {}
                    }
                }
                if (refused.isEmpty()) {
                    return superseded;
                }
                left = refused;
                failure = new StoreUnavailableException(
                        "store " + connections.address() + ": " + answer.failure(), new IllegalStateException());
            } catch (StoreUnavailableException e) {
                failure = e;
            }
            if (System.nanoTime() > deadline) {
                throw failure;
            }
            if (closedWithin(RETRY_MS)) {
                throw failure;
            }
        }
    }

    private boolean closedWithin(long ms) throws StoreUnavailableException {
        try {
            return closed.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted", e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        client.close();
    }
}
