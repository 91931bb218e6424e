package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.StoreConnections;
import dev.millrace.aggregator.sink.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** Calls of the store, tried again for a while. Used by one thread; any may close it, which ends the wait. */
final class StoreCalls implements AutoCloseable {
    private static final long RETRY_MS = 200;

    private final StoreConnections connections;
    private final Duration patience;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Jedis jedis;

    StoreCalls(StoreConnections connections, Duration patience) {
        this.connections = connections;
        this.patience = patience;
    }

    /** @param call may be made twice: one whose answer is lost is made again */
    <T> T call(Function<Jedis, T> call) throws StoreUnavailableException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            StoreUnavailableException failure;
            try {
                return call.apply(connected());
            } catch (JedisException e) {
                disconnect();
                failure = failure(String.valueOf(e.getMessage()), e);
            } catch (StoreUnavailableException e) {
                failure = e;
            }
            if (System.nanoTime() > deadline || closedWithin(RETRY_MS)) {
                throw failure;
            }
        }
    }

    StoreUnavailableException failure(String message, Throwable cause) {
        return new StoreUnavailableException("store " + connections.address() + ": " + message, cause);
    }

    private boolean closedWithin(long ms) throws StoreUnavailableException {
        try {
            return closed.await(ms, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted", e);
        }
    }

    private Jedis connected() throws StoreUnavailableException {
        Jedis connection = jedis;
        if (connection == null) {
            connection = connections.open();
            jedis = connection;
        }
        return connection;
    }

    private void disconnect() {
        Jedis connection = jedis;
        jedis = null;
        if (connection != null) {
            try {
                connection.close();
            } catch (JedisException e) {
                // it was broken: that is why it is closed
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
        disconnect();
    }
}
