package dev.millrace.server.protocol;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The connections of one event loop. Each is ended at some age without a request lost, so that callers who keep theirs for
 * ever reach the replicas that came later: HTTP/1.1 by {@code Connection: close} on the next answer, HTTP/2 by a GOAWAY that
 * still takes what is on its way, and a second one when that has arrived. A server that drains does the same at once.
 */
public final class ConnectionAges {
    private static final long DEFAULT_MS = 60_000;
    private static final double SPREAD = 0.2;
    private static final long LONGEST_LOOK_MS = 250;
    /** Longer than a caller's streams take to arrive that it opened before it read the GOAWAY. */
    private static final long ARRIVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LAST_ANSWER_S = 30;

    private final long ageMs;
    private final BooleanSupplier draining;
    private final Map<HttpConnection, Life> open = new IdentityHashMap<>();

    private static final class Life {
        long endNanos;
        boolean told;
        boolean http2 = true;
    }

    /** {@code ageMs}: 0 = a minute. */
    public ConnectionAges(Vertx vertx, long ageMs, BooleanSupplier draining) {
        this.ageMs = ageMs > 0 ? ageMs : DEFAULT_MS;
        this.draining = draining;
        vertx.setPeriodic(Math.max(1, Math.min(LONGEST_LOOK_MS, this.ageMs / 4)), t -> look());
    }

    /** A connection was made. */
    public void opened(HttpConnection connection) {
        double spread = 1 + SPREAD * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        Life life = new Life();
        life.endNanos = System.nanoTime() + (long) (ageMs * spread * 1e6);
        open.put(connection, life);
        connection.closeHandler(v -> open.remove(connection));
    }

    /** Whether the next answer is the last one of an HTTP/1.1 connection. */
    boolean isOver(HttpConnection connection) {
        Life life = open.get(connection);
        return life != null && System.nanoTime() - life.endNanos >= 0;
    }

    private void look() {
        long now = System.nanoTime();
        boolean all = draining.getAsBoolean();
        // ending a connection takes it out of the map
        for (Map.Entry<HttpConnection, Life> e : new ArrayList<>(open.entrySet())) {
            Life life = e.getValue();
            if (life.http2 && (now - life.endNanos >= 0 || (all && !life.told))) {
                end(e.getKey(), life, now);
            }
        }
    }

    private static void end(HttpConnection connection, Life life, long now) {
        if (life.told) {
            connection.shutdown(LAST_ANSWER_S, TimeUnit.SECONDS);
            life.http2 = false;
            return;
        }
        try {
            connection.goAway(0, Integer.MAX_VALUE);
            life.told = true;
            life.endNanos = now + ARRIVAL_NANOS;
        } catch (UnsupportedOperationException e) {
            life.http2 = false;
        }
    }
}
