package dev.millrace.server.sql;

import dev.millrace.contract.config.Entity.EntityKey;
import dev.millrace.contract.config.FeatureGroup;
import dev.millrace.contract.status.ServerStatus.GroupStatus;
import dev.millrace.server.features.Breaker;
import dev.millrace.server.features.GroupPlan;
import dev.millrace.server.features.GroupRead;
import dev.millrace.server.metrics.SqlMetrics;
import dev.millrace.server.metrics.SqlMetrics.QueryOutcome;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One group's rows: what is in memory is given at once, and what is to be read again is asked for beside. Its queries belong
 * to one event loop; {@link #read} and what tells of it may be called on any thread.
 */
final class SqlReader {
    /** Entities that wait for a connection. One more is not read now: it is asked for again by the next call that needs it. */
    static final int MAX_WAITING = 1_000;

    /** Of failures in a row: one slow row is no outage, and a database that is away need not be asked often to know it. */
    private static final Breaker.Limits LIMITS =
            new Breaker.Limits(3, TimeUnit.MILLISECONDS.toNanos(250), TimeUnit.SECONDS.toNanos(15));

    private static final double JITTER = 0.25;
    private static final long LOOK_MS = 250;

    private final Vertx vertx;
    private final Context context;
    private final GroupPlan group;
    private final FeatureGroup.Sql spec;
    private final Health health;
    private final int index;
    private final SqlMetrics metrics;
    private final RowCache cache;
    private final Connections connections;
    private final String statement;
    private final Breaker breaker;
    private final ArrayDeque<Wanted> waiting = new ArrayDeque<>();
    /** Taken on and not ended, waiting or under way. */
    private final AtomicInteger taken = new AtomicInteger();

    private final AtomicInteger running = new AtomicInteger();
    /** The breaker's, for other threads. */
    private volatile Breaker.State state = Breaker.State.closed;

    private volatile long retryAtNanos;
    private volatile boolean closed;
    private @Nullable Failure last;
    private boolean looking;
    private long timer = -1;

    /** {@code ids} null: no entity's row, but whether the query gives what the group's columns say. */
    private record Wanted(@Nullable String key, @Nullable List<String> ids) {}

    /** {@code index}: the group's place among those of {@code metrics}. */
    SqlReader(Vertx vertx, Context context, GroupPlan group, FeatureGroup.Sql spec, int index, SqlMetrics metrics) {
        this.vertx = vertx;
        this.context = context;
        this.group = group;
        this.spec = spec;
        this.health = new Health(group.name());
        this.index = index;
        this.metrics = metrics;
        Long maxAge = group.group().maxAgeMs();
        this.cache = new RowCache(
                new RowCache.Limits(
                        TimeUnit.MILLISECONDS.toNanos(spec.refreshMs()),
                        TimeUnit.MILLISECONDS.toNanos(group.group().ttlMs()),
                        maxAge == null ? null : TimeUnit.MILLISECONDS.toNanos(maxAge),
                        spec.maxEntries()),
                () -> ThreadLocalRandom.current().nextDouble());
        this.connections = new Connections(vertx, new Secret(Path.of(spec.credentialsDir())), spec);
        this.statement = RowMapping.statement(spec.query());
        this.breaker = new Breaker(this::moved, LIMITS, pause ->
                (long) (pause * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER)));
    }

    void start() {
        context.runOnContext(v -> {
            timer = vertx.setPeriodic(LOOK_MS, t -> look());
            look();
        });
    }

    void close() {
        closed = true;
        context.runOnContext(v -> {
            vertx.cancelTimer(timer);
            waiting.clear();
            connections.close();
        });
    }

    GroupRead read(List<String> ids) {
        String key = ids.size() == 1 ? ids.get(0) : String.join("\0", ids);
        long now = System.nanoTime();
        if (cache.isDue(key, now)) {
            want(key, ids, now);
        }
        return cache.read(key, now);
    }

    /** On any thread: nothing is handed over that would not be sent. */
    private void want(String key, List<String> ids, long now) {
        Breaker.State known = state;
        boolean asks = known == Breaker.State.closed || known == Breaker.State.open && now - retryAtNanos >= 0;
        if (!asks || taken.get() >= MAX_WAITING + spec.maxConnections()) {
            metrics.queried(index, QueryOutcome.skipped);
        } else if (cache.take(key)) {
            taken.incrementAndGet();
            context.runOnContext(v -> {
                waiting.add(new Wanted(key, ids));
                send();
            });
        }
    }

    /** Calls may stay away, and how the database does is to be known all the same; at the start, whether the query fits. */
    private void look() {
        boolean due =
                health.isKnown() ? breaker.state() == Breaker.State.open : breaker.state() != Breaker.State.half_open;
        if (due && !looking && running.get() < spec.maxConnections()) {
            looking = true;
            taken.incrementAndGet();
            waiting.addFirst(new Wanted(null, null));
            send();
        }
    }

    private void send() {
        while (!closed && !waiting.isEmpty() && running.get() < spec.maxConnections()) {
            Wanted wanted = waiting.remove();
            if (breaker.ask(System.nanoTime()) == Breaker.Verdict.REFUSED) {
                if (wanted.key() != null) {
                    cache.release(wanted.key());
                    metrics.queried(index, QueryOutcome.skipped);
                }
                ended(wanted);
            } else {
                query(wanted);
            }
        }
    }

    private void query(Wanted wanted) {
        running.incrementAndGet();
        long[] begin = {0};
        long[] giveUp = {-1};
        boolean[] gaveUp = {false};
        connections
                .get()
                .compose(connection -> {
                    begin[0] = System.nanoTime();
                    giveUp[0] = vertx.setTimer(Math.max(1, spec.timeoutMs()), t -> {
                        gaveUp[0] = true;
                        failed(wanted, Failure.timeout(spec.timeoutMs()), begin[0]);
                        connections.cancel(connection);
                    });
                    return Future.<Void>succeededFuture()
                            .compose(v -> execute(connection, wanted))
                            .eventually(connection::close);
                })
                .onComplete(done -> {
                    vertx.cancelTimer(giveUp[0]);
                    running.decrementAndGet();
                    if (!gaveUp[0]) {
                        completed(wanted, done, begin[0]);
                    }
                    ended(wanted);
                    send();
                });
    }

    private Future<RowSet<Row>> execute(SqlConnection connection, Wanted wanted) {
        Tuple parameters = Tuple.tuple();
        List<EntityKey> keys = group.entity().keys();
        for (int i = 0; i < keys.size(); i++) {
            parameters.addValue(
                    wanted.ids() == null
                            ? null
                            : value(keys.get(i), wanted.ids().get(i)));
        }
        return connection.preparedQuery(statement).execute(parameters);
    }

    private static Object value(EntityKey key, String id) {
        return switch (key.type()) {
            case "INT32" -> Integer.valueOf(id);
            case "INT64" -> Long.valueOf(id);
            default -> id;
        };
    }

    private void completed(Wanted wanted, AsyncResult<RowSet<Row>> done, long begin) {
        if (done.failed()) {
            failed(wanted, Failure.of(done.cause(), begin != 0), begin);
            return;
        }
        try {
            List<Row> rows = new ArrayList<>();
            done.result().forEach(rows::add);
            double[] values = RowMapping.values(group, done.result().columnDescriptors(), rows);
            long now = System.nanoTime();
            metrics.took(index, (now - begin) / 1e9);
            if (wanted.key() != null) {
                cache.put(wanted.key(), values, System.currentTimeMillis(), now);
                metrics.queried(index, values == null ? QueryOutcome.none : QueryOutcome.row);
            }
            health.answered(wanted.key() != null, now);
            breaker.answered();
        } catch (RowException e) {
            failed(wanted, Failure.of(e, true), begin);
        }
    }

    private void failed(Wanted wanted, Failure failure, long begin) {
        long now = System.nanoTime();
        metrics.queried(index, failure.outcome());
        if (begin != 0) {
            metrics.took(index, (now - begin) / 1e9);
        }
        if (wanted.key() != null) {
            if (failure.outcome() == QueryOutcome.unavailable) {
                cache.release(wanted.key());
            } else {
                cache.failed(wanted.key(), now);
            }
        }
        if (failure.ofAll()) {
            last = failure;
            breaker.failed(now);
        } else {
            // the database itself does well
            breaker.answered();
            health.answered(false, now);
            if (wanted.key() != null) {
                health.entityFailed(failure, now);
            }
        }
    }

    private void ended(Wanted wanted) {
        if (wanted.key() == null) {
            looking = false;
        }
        taken.decrementAndGet();
    }

    private void moved(Breaker.State from, Breaker.State to) {
        retryAtNanos = breaker.retryAt();
        state = to;
        Failure why = last;
        if (closed) {
            return;
        }
        if (to == Breaker.State.open && why != null) {
            connections.renew();
            health.down(why);
        } else if (to == Breaker.State.closed) {
            health.up();
        }
    }

    /** Null = all is well, as far as is known. */
    @Nullable
    Trouble trouble() {
        return health.trouble();
    }

    GroupStatus status() {
        Trouble now = trouble();
        String reason = now != null ? now.reason() : health.isKnown() ? null : "NotObserved";
        String state = reason == null ? "Fresh" : cache.size() > 0 ? "Stale" : "Missing";
        return new GroupStatus(
                group.name(), group.group().revision(), state, reason, health.sinceAnswerMs(System.nanoTime()));
    }

    String name() {
        return group.name();
    }

    /** Connections with a query under way. */
    int running() {
        return running.get();
    }

    long entries() {
        return cache.size();
    }
}
