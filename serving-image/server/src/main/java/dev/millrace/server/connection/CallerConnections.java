package dev.millrace.server.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/** Sees to it that no call of a caller is paid for by another's. */
public final class CallerConnections {
    /** Calls that one connection may drop in half a minute before it is taken for an attack. */
    private static final int DROPPED_CALLS = 30_000;

    private static final int DROPPED_WITHIN_S = 30;

    /** Bounds that a server sets before it listens. */
    public void bound(HttpServerOptions options) {
        // a caller whose deadlines are short drops every late call; Vert.x ends the connection of one that drops 200
        options.setHttp2RstFloodMaxRstFramePerWindow(DROPPED_CALLS)
                .setHttp2RstFloodWindowDuration(DROPPED_WITHIN_S)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    /** A connection was made. */
    public void opened(HttpConnection connection) {
        ChannelHandlerContext handler = ((ConnectionBase) connection).channelHandlerContext();
        if (handler.handler() instanceof Http2ConnectionHandler) {
            StreamFaults.keepIn(handler);
        }
    }
}
