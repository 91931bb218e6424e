package dev.millrace.aggregator.sink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue between one stream thread and the store, with the thread that empties it.
 *
 * <p>The thread takes everything that waits, one write per key (the last wins), and sends it as one pipeline; the next
 * batch forms meanwhile, so batches grow with the load and nothing lingers. It retries until the store takes a write:
 * nothing is ever dropped, except by {@link #close}, after which the offsets of what was not acknowledged are not
 * committed.
 *
 * <p>Heartbeats go after all values that were offered before them, once these are acknowledged.
 */
public final class StoreSink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreSink.class);
    private final StoreDelivery delivery;
    private final int capacity;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private Map<String, StoreWrite> pending = new LinkedHashMap<>();
    private Map<String, HeartbeatWrite> heartbeats = new LinkedHashMap<>();
    private long offered;
    private long acknowledged;
    private int inFlight;
    private boolean closed;

    /** @param capacity keys that may wait before {@link #hasRoom} says no */
    public StoreSink(String name, StoreClient client, int capacity, SinkListener listener) {
        this.delivery = new StoreDelivery(client, listener);
        this.capacity = capacity;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    public StoreSink start() {
        thread.start();
        return this;
    }

    /** Queues a value; a value of the same key that still waits is replaced. Never blocks: see {@link #hasRoom}. */
    public void offer(String key, byte[] value, long ttlMs, long appendMs) {
        lock.lock();
        try {
            enqueue(key, value, ttlMs).addAppendTime(appendMs);
        } finally {
            lock.unlock();
        }
    }

    /** Queues a value that was acknowledged before, by a store that has lost it since. */
    public void offerAgain(String key, byte[] value, long ttlMs) {
        lock.lock();
        try {
            enqueue(key, value, ttlMs);
        } finally {
            lock.unlock();
        }
    }

    private StoreWrite enqueue(String key, byte[] value, long ttlMs) {
        StoreWrite write = pending.get(key);
        if (write == null) {
            write = new StoreWrite(key, value, ttlMs);
            pending.put(key, write);
        } else {
            write.supersede(value);
        }
        offered++;
        work.signal();
        return write;
    }

    /** Queues a heartbeat behind everything offered so far. */
    public void heartbeat(HeartbeatWrite heartbeat) {
        lock.lock();
        try {
            heartbeats.put(heartbeat.key(), heartbeat);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether fewer keys wait than the capacity. Whoever feeds the sink stops reading its source while not. */
    public boolean hasRoom() {
        return depth() < capacity;
    }

    /** Waits until there is room; false after the bound. */
    public boolean awaitRoom(Duration bound) {
        return await(bound, () -> pending.size() + inFlight < capacity);
    }

    /**
     * Waits until the store has acknowledged everything offered before this call.
     *
     * @return false when the bound passed or the sink was closed before
     */
    public boolean drain(Duration bound) {
        lock.lock();
        try {
            long target = offered;
            return await(bound, () -> acknowledged >= target);
        } finally {
            lock.unlock();
        }
    }

    /** Marks everything offered so far; see {@link #isAcknowledged}. */
    public long ticket() {
        lock.lock();
        try {
            return offered;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the store has everything that was offered before the ticket was drawn. */
    public boolean isAcknowledged(long ticket) {
        lock.lock();
        try {
            return acknowledged >= ticket;
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Duration bound, BooleanSupplier done) {
        lock.lock();
        try {
            long left = bound.toNanos();
            while (!done.getAsBoolean()) {
                if (closed || left <= 0) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Values that wait for the store's acknowledgement. */
    public int depth() {
        lock.lock();
        try {
            return pending.size() + inFlight;
        } finally {
            lock.unlock();
        }
    }

    /** The store as last seen; null before the first contact. */
    public @Nullable StoreIdentity identity() {
        return delivery.identity();
    }

    /** What is wrong with the store; null while it answers. */
    public @Nullable String trouble() {
        return delivery.trouble();
    }

    private void run() {
        try {
            while (true) {
                List<StoreWrite> writes;
                Map<String, HeartbeatWrite> beats;
                long upTo;
                lock.lock();
                try {
                    while (!closed && delivery.identity() != null && pending.isEmpty() && heartbeats.isEmpty()) {
                        work.await();
                    }
                    if (closed) {
                        return;
                    }
                    writes = new ArrayList<>(pending.values());
                    beats = heartbeats;
                    upTo = offered;
                    inFlight = writes.size();
                    pending = new LinkedHashMap<>();
                    heartbeats = new LinkedHashMap<>();
                } finally {
                    lock.unlock();
                }
                StoreIdentity before = delivery.identity();
                delivery.deliver(writes, beats.values(), this::pause);
                lock.lock();
                try {
                    if (before != null && !before.equals(delivery.identity())) {
                        heartbeats.clear(); // queued meanwhile, they too vouch for values that another store has
                    }
                    acknowledged = upTo;
                    inFlight = 0;
                    progress.signalAll();
                } finally {
                    lock.unlock();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("{} ended with values that were not acknowledged", thread.getName());
        } finally {
            delivery.close();
        }
    }

    private void pause(long ms) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(ms);
            while (left > 0) {
                if (closed) {
                    throw new InterruptedException("closed");
                }
                left = work.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread; what was not acknowledged is dropped, so drain before. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }
}
