package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.RedisStoreClient;
import dev.millrace.aggregator.sink.StoreClient;
import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import dev.millrace.aggregator.sink.StoreWrite;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.store.BatchRun;
import dev.millrace.contract.store.StoreKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * The store as a run uses it: pipelines that are tried again for a while, and the run's record. Used by one thread; any may
 * close it, which ends the wait for a store that does not answer.
 */
final class BatchStore implements AutoCloseable {
    /**
     * {@code KEYS[1]} meta; {@code ARGV} field and JSON of the run, its start, field and value of batchEnd ('' for a run
     * that failed). A run that began earlier than the one on record leaves no trace.
     */
    private static final String RECORD_LUA =
            """
            local known = redis.call('HGET', KEYS[1], ARGV[1])
            if known and cjson.decode(known).start > tonumber(ARGV[3]) then return 0 end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], ARGV[4], ARGV[5]) end
            return 1
            """;

    private static final long RETRY_MS = 200;

    private final StoreConnections connections;
    private final String meta;
    private final String revision;
    private final Duration patience;
    private final StoreClient client;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** @param patience how long a store that does not answer is waited for */
    BatchStore(StoreConnections connections, String ns, FeatureGroup group, Duration patience) {
        this.connections = connections;
        this.meta = StoreKeys.meta(ns);
        this.revision = group.name() + "." + group.revision();
        this.patience = patience;
        this.client = new RedisStoreClient(connections, meta);
    }

    /** The epoch that values of this group carry: raised by hand to let a run win over a clock that was ahead. */
    int epoch() throws StoreUnavailableException {
        try (Jedis jedis = connections.open()) {
            String epoch = jedis.hget(meta, "epoch:" + revision);
            return epoch == null ? 0 : Integer.parseInt(epoch);
        } catch (JedisException | NumberFormatException e) {
            throw new StoreUnavailableException("store " + connections.address() + ": " + e.getMessage(), e);
        }
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

    /** Leaves the run on record, and its batchEnd when it was complete. */
    void record(BatchRun run) throws StoreUnavailableException {
        try (Jedis jedis = connections.open()) {
            jedis.eval(
                    RECORD_LUA,
                    List.of(meta),
                    List.of(
                            "batchRun:" + revision,
                            run.encode(),
                            Long.toString(run.start()),
                            "batchEnd:" + revision,
                            run.message() != null || run.batchEnd() == null ? "" : Long.toString(run.batchEnd())));
        } catch (JedisException e) {
            throw new StoreUnavailableException("store " + connections.address() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        client.close();
    }
}
