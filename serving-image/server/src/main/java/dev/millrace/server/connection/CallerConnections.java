package dev.millrace.server.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The connections of one port: no call is paid for by another's, and a caller that is slow or gone holds nothing. */
public final class CallerConnections {
    private static final String NAME = "caller-watch";
    /** Calls that one connection may drop in half a minute before it is taken for an attack. */
    private static final int DROPPED_CALLS = 30_000;

    private static final int DROPPED_WITHIN_S = 30;

    private final Bounds bounds;
    private final boolean grpc;
    private final BooleanSupplier draining;
    private final Consumer<Cut> cuts;

    /**
     * @param grpc what is said over HTTP/2 is said as gRPC says it
     * @param cuts told of every call that is not waited for any longer; on any event loop
     */
    public CallerConnections(boolean grpc, BooleanSupplier draining, Consumer<Cut> cuts) {
        this(Bounds.USUAL, grpc, draining, cuts);
    }

    CallerConnections(Bounds bounds, boolean grpc, BooleanSupplier draining, Consumer<Cut> cuts) {
        this.bounds = bounds;
        this.grpc = grpc;
        this.draining = draining;
        this.cuts = cuts;
    }

    /** Bounds that a server sets before it listens. */
    public static void bound(HttpServerOptions options) {
        // a caller whose deadlines are short drops every late call; Vert.x ends the connection of one that drops 200
        options.setHttp2RstFloodMaxRstFramePerWindow(DROPPED_CALLS)
                .setHttp2RstFloodWindowDuration(DROPPED_WITHIN_S)
                .setHttp2RstFloodWindowDurationTimeUnit(TimeUnit.SECONDS);
    }

    /**
     * Vert.x tells of a connection. Without TLS it does so when the first request's head is complete, which a slow caller's
     * never is: from the first connection on (the server's own, which warms it up) they are watched from where they are
     * accepted.
     */
    public void opened(HttpConnection connection) {
        ChannelHandlerContext handler = ((ConnectionBase) connection).channelHandlerContext();
        ChannelPipeline pipeline = handler.pipeline();
        if (pipeline.get(NAME) == null) {
            if (pipeline.get("ssl") != null) {
                pipeline.addAfter("ssl", NAME, watch());
            } else {
                pipeline.addFirst(NAME, watch());
                Channel server = handler.channel().parent();
                // the loops share it
                synchronized (server) {
                    if (server.pipeline().get(NAME) == null) {
                        server.pipeline().addFirst(NAME, new Accepted());
                    }
                }
            }
        }
        if (handler.handler() instanceof Http2ConnectionHandler) {
            StreamFaults.keepIn(handler);
        }
    }

    private CallerWatch watch() {
        return new CallerWatch(bounds, grpc, draining, cuts);
    }

    /** Sees each connection before anything is read from it. */
    @Sharable
    private final class Accepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object accepted) {
            if (accepted instanceof Channel connection) {
                connection.pipeline().addFirst(NAME, watch());
            }
            ctx.fireChannelRead(accepted);
        }
    }
}
