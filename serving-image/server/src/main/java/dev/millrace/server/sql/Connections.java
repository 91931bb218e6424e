package dev.millrace.server.sql;

import dev.millrace.contract.config.FeatureGroup;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.concurrent.TimeUnit;

/** One group's connections to its database. Each reads the Secret anew when it is opened. For one event loop. */
final class Connections {
    /** A database of the neighbourhood connects in milliseconds; and nobody waits for it here. */
    private static final int CONNECT_SECONDS = 5;
    /** Of silence after which a connection is closed. It bounds how long one is held that never answers again. */
    private static final int SILENT_SECONDS = 10;
    /** A database that has moved is found again. */
    private static final int LIFE_MINUTES = 30;

    private final Vertx vertx;
    private final Secret secret;
    private final FeatureGroup.Sql spec;
    private Pool pool;

    Connections(Vertx vertx, Secret secret, FeatureGroup.Sql spec) {
        this.vertx = vertx;
        this.secret = secret;
        this.spec = spec;
        this.pool = open();
    }

    private Pool open() {
        int silent = SILENT_SECONDS + (int) TimeUnit.MILLISECONDS.toSeconds(spec.timeoutMs());
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setMaxSize(spec.maxConnections())
                        .setMaxWaitQueueSize(spec.maxConnections())
                        .setConnectionTimeout(CONNECT_SECONDS)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                        .setMaxLifetime(LIFE_MINUTES)
                        .setMaxLifetimeUnit(TimeUnit.MINUTES))
                .with(new NetClientOptions()
                        .setConnectTimeout((int) TimeUnit.SECONDS.toMillis(CONNECT_SECONDS))
                        .setTcpNoDelay(true)
                        .setReadIdleTimeout(silent)
                        .setIdleTimeoutUnit(TimeUnit.SECONDS))
                .connectingTo(() -> vertx.executeBlocking(secret::options))
                .using(vertx)
                .build();
    }

    /** At most {@link FeatureGroup.Sql#maxConnections} may be held. */
    Future<SqlConnection> get() {
        return pool.getConnection();
    }

    /** Asks the database, on a connection of its own, to give up what it does on this one; whether it does is its affair. */
    void cancel(SqlConnection connection) {
        PgConnection.cast(connection).cancelRequest();
    }

    /** All connections are new from now on: those that were may hang, or know a table by what it was. */
    void renew() {
        Pool before = pool;
        pool = open();
        // it asks the database yet to give up what these do
        vertx.setTimer(TimeUnit.SECONDS.toMillis(CONNECT_SECONDS), t -> before.close());
    }

    void close() {
        pool.close();
    }
}
