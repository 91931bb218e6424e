package dev.millrace.server.features;

import dev.millrace.contract.config.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.RedisStandaloneConnectOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pipelined connection to the store, kept up by itself. Belongs to one event loop and is used on that loop only.
 *
 * <p>A store that hangs is told from one that is slow by the oldest unanswered request: past {@link #STALLED_MS} nothing
 * more is sent (each would wait in vain), past {@link #DEAD_MS} the connection is given up. This time is counted in checks
 * between which the loop has read what there was: a loop that was held up itself does not blame the store.
 */
public final class StoreLink {
    private static final Logger LOG = LoggerFactory.getLogger(StoreLink.class);
    /** Ten times the longest budget that makes sense for features. */
    static final long STALLED_MS = 250;

    static final long DEAD_MS = 2_000;
    private static final long RETRY_MS = 200;
    private static final long CHECK_MS = 100;

    private final Vertx vertx;
    private final Store store;
    /** For each unanswered request the number of checks that there had been when it was sent. */
    private final ArrayDeque<Long> sentAt = new ArrayDeque<>();

    private long checks;
    private long checkedNanos = System.nanoTime();
    private @Nullable Redis client;
    private @Nullable RedisConnection connection;
    private int generation;
    private boolean closed;
    private boolean told;
    private long checker = -1;

    public StoreLink(Vertx vertx, Store store) {
        this.vertx = vertx;
        this.store = store;
    }

    /** Connects now and again whenever the connection is lost. Call on the event loop. */
    public Future<Void> start() {
        checker = vertx.setPeriodic(CHECK_MS, t -> check());
        return connect();
    }

    /** Connected and answering. */
    public boolean isUp() {
        return connection != null && !isOlder(STALLED_MS);
    }

    /** Fails at once when the store is not {@link #isUp up}. */
    public Future<Response> send(Request request) {
        RedisConnection c = connection;
        if (c == null || isOlder(STALLED_MS)) {
            return Future.failedFuture("the store " + store.address() + " does not answer");
        }
        int current = generation;
        sentAt.addLast(checks);
        return c.send(request).onComplete(done -> {
            if (current == generation) {
                // replies come in the order of the requests
                sentAt.pollFirst();
            }
        });
    }

    /**
     * Several in one write, answered together; null in the place of one whose key holds something else than it asks for. Fails at
     * once when the store is not {@link #isUp up}.
     */
    Future<List<@Nullable Response>> sendAll(List<Request> requests) {
        RedisConnection c = connection;
        if (c == null || isOlder(STALLED_MS)) {
            return Future.failedFuture("the store " + store.address() + " does not answer");
        }
        int current = generation;
        sentAt.addLast(checks);
        return c.batch(requests)
                .onComplete(done -> {
                    if (current == generation) {
                        sentAt.pollFirst();
                    }
                })
                .recover(e -> isWrongType(e) ? oneByOne(requests) : Future.failedFuture(e));
    }

    /** One key of somebody else's must not cost the others their answer. */
    private Future<List<@Nullable Response>> oneByOne(List<Request> requests) {
        List<Future<@Nullable Response>> replies = new ArrayList<>();
        for (Request request : requests) {
            replies.add(send(request)
                    .<@Nullable Response>map(reply -> reply)
                    .recover(e -> isWrongType(e) ? Future.succeededFuture(null) : Future.failedFuture(e)));
        }
        return Future.all(replies).map(all -> all.list());
    }

    private static boolean isWrongType(Throwable e) {
        // of several it says which before: ERR [0] WRONGTYPE …
        return String.valueOf(e.getMessage()).contains("WRONGTYPE ");
    }

    private boolean isOlder(long ms) {
        Long oldest = sentAt.peekFirst();
        return oldest != null && (checks - oldest) * CHECK_MS > ms;
    }

    private void check() {
        long now = System.nanoTime();
        if (now - checkedNanos < CHECK_MS * 1_000_000 / 2) {
            // made up for one that was missed, in the same turn of the loop
            return;
        }
        checkedNanos = now;
        checks++;
        if (connection != null && isOlder(DEAD_MS)) {
            lost("no answer for " + DEAD_MS + " ms");
        }
    }

    private Future<Void> connect() {
        if (closed) {
            return Future.succeededFuture();
        }
        int mine = ++generation;
        sentAt.clear();
        Promise<Void> first = Promise.promise();
        Redis redis;
        try {
            redis = Redis.createStandaloneClient(
                    vertx, options(), () -> Future.succeededFuture(new RedisStandaloneConnectOptions(options())));
        } catch (RuntimeException e) {
            return retry("the settings of the store are wrong: " + e.getMessage(), first);
        }
        client = redis;
        // a store that accepts and says nothing would hold the handshake for ever
        long timer = vertx.setTimer(DEAD_MS, t -> {
            if (mine == generation && connection == null) {
                retry("no answer to the greeting", first);
            }
        });
        redis.connect().onComplete(done -> {
            vertx.cancelTimer(timer);
            if (mine != generation || closed) {
                redis.close();
                return;
            }
            if (done.failed()) {
                retry(String.valueOf(done.cause().getMessage()), first);
                return;
            }
            RedisConnection c = done.result();
            connection = c;
            told = false;
            c.endHandler(v -> {
                if (mine == generation) {
                    lost("connection closed");
                }
            });
            c.exceptionHandler(e -> {
                if (mine == generation) {
                    lost(String.valueOf(e.getMessage()));
                }
            });
            first.tryComplete();
        });
        return first.future();
    }

    private Future<Void> retry(String why, Promise<Void> first) {
        lost(why);
        first.tryFail(why);
        return first.future();
    }

    private void lost(String why) {
        if (!told && !closed) {
            told = true;
            LOG.warn("feature store {}: {}; trying again", store.address(), why);
        }
        generation++;
        connection = null;
        sentAt.clear();
        Redis old = client;
        client = null;
        if (old != null) {
            old.close();
        }
        if (!closed) {
            vertx.setTimer(RETRY_MS, t -> {
                if (connection == null && client == null) {
                    connect();
                }
            });
        }
    }

    public void close() {
        closed = true;
        vertx.cancelTimer(checker);
        lost("closed");
    }

    private RedisOptions options() {
        RedisOptions options = new RedisOptions()
                .setConnectionString(store.address())
                .setMaxPoolSize(1)
                .setMaxPoolWaiting(1)
                .setMaxWaitingHandlers(4096);
        NetClientOptions net =
                new NetClientOptions().setConnectTimeout((int) DEAD_MS).setTcpNoDelay(true);
        if (store.address().startsWith("rediss:")) {
            net.setSsl(true).setHostnameVerificationAlgorithm("HTTPS");
            if (store.caFile() != null) {
                net.setTrustOptions(new PemTrustOptions().addCertPath(store.caFile()));
            }
        }
        options.setNetClientOptions(net);
        if (store.username() != null) {
            options.setUser(store.username());
        }
        if (store.passwordFile() != null) {
            // read at each connection, so that rotation needs no restart
            try {
                options.setPassword(
                        Files.readString(Path.of(store.passwordFile())).strip());
            } catch (IOException e) {
                throw new IllegalStateException("cannot read features.store.passwordFile " + store.passwordFile(), e);
            }
        }
        return options;
    }
}
