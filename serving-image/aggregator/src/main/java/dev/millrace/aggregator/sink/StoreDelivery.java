package dev.millrace.aggregator.sink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings one batch after the other to the store, however long that takes. Used by one thread; any may ask how it goes. */
final class StoreDelivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDelivery.class);
    /** Of {@code writtenAtMs} in a value's header. */
    private static final int WRITTEN_AT = 16;
    /** Commands in flight at once: bounds the answers that the socket's buffers must hold. */
    private static final int PIPELINE = 1_000;

    private static final long BACKOFF_MIN_MS = 50;
    private static final long BACKOFF_MAX_MS = 1_000;

    private final StoreClient client;
    private final SinkListener listener;
    private volatile @Nullable StoreIdentity identity;
    private volatile @Nullable String trouble;

    StoreDelivery(StoreClient client, SinkListener listener) {
        this.client = client;
        this.listener = listener;
    }

    /** Waits between two tries; throws to end them. */
    interface Pause {
        void pause(long ms) throws InterruptedException;
    }

    /** The store as last seen; null before the first contact. */
    @Nullable
    StoreIdentity identity() {
        return identity;
    }

    /** What is wrong with the store; null while it answers. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /** Returns when the store has all writes, and after them the heartbeats; gives up only by interruption. */
    void deliver(List<StoreWrite> writes, Collection<HeartbeatWrite> heartbeats, Pause pause)
            throws InterruptedException {
        List<StoreWrite> left = writes;
        Collection<HeartbeatWrite> beats = heartbeats;
        long backoff = BACKOFF_MIN_MS;
        boolean known = identity != null;
        while (true) {
            try {
                if (!known) {
                    if (learn()) {
                        beats = List.of(); // they vouch for values that another store has
                    }
                    known = true;
                }
                left = send(left);
                if (left.isEmpty()) {
                    if (!beats.isEmpty() && !client.heartbeats(beats)) {
                        learn();
                    }
                    trouble = null;
                    return;
                }
            } catch (StoreUnavailableException e) {
                failed(String.valueOf(e.getMessage()));
            }
            known = false; // whoever answers next may be another one
            pause.pause(backoff);
            backoff = Math.min(BACKOFF_MAX_MS, backoff * 2);
        }
    }

    /** Those that the store refused. */
    private List<StoreWrite> send(List<StoreWrite> writes) throws StoreUnavailableException {
        List<StoreWrite> refused = new ArrayList<>();
        for (int from = 0; from < writes.size(); from += PIPELINE) {
            List<StoreWrite> chunk = writes.subList(from, Math.min(writes.size(), from + PIPELINE));
            long sentAt = System.currentTimeMillis();
            for (StoreWrite write : chunk) {
                ByteBuffer.wrap(write.value()).putLong(WRITTEN_AT, sentAt);
            }
            StoreClient.Answer answer = client.write(chunk);
            long ackedAt = System.currentTimeMillis();
            for (int i = 0; i < chunk.size(); i++) {
                StoreClient.Result result = answer.results().get(i);
                if (result == StoreClient.Result.FAILED) {
                    refused.add(chunk.get(i));
                }
                listener.answered(result, ackedAt, chunk.get(i).appendTimes());
            }
            if (!answer.failure().isEmpty()) {
                failed(answer.failure());
            }
        }
        return refused;
    }

    /** Asks who answers; true when it is another one than before. */
    private boolean learn() throws StoreUnavailableException {
        StoreIdentity now = client.identity();
        if (now.equals(identity)) {
            return false;
        }
        LOG.info("the store is {}", now.encode());
        identity = now;
        return true;
    }

    private void failed(String message) {
        if (trouble == null) {
            LOG.warn("{}; writes wait and are tried again", message);
        }
        trouble = message;
    }

    @Override
    public void close() {
        client.close();
    }
}
