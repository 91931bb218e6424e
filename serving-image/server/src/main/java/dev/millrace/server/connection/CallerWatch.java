package dev.millrace.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.net.impl.ShutdownEvent;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a caller. It looks now and then, as long as something is under way on it, whether that gets on: a request
 * that arrives, an answer that is taken. A connection on which nothing is under way costs nothing and may stay.
 */
final class CallerWatch extends ChannelDuplexHandler {
    private static final String TOO_SLOW = "{\"error\":\"the request did not arrive in time\"}";
    private static final String TIMEOUT =
            "HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nContent-Length: " + TOO_SLOW.length()
                    + "\r\nConnection: close\r\n\r\n" + TOO_SLOW;

    private final Bounds bounds;
    private final boolean grpc;
    private final BooleanSupplier draining;
    private final Consumer<Cut> cuts;
    private boolean looks;
    private boolean drains;
    private long drainSince;
    private long lastByte;
    private long unwritten;
    private long writtenSince;
    private boolean begun;
    private @Nullable Http1Messages http1;
    private @Nullable Http2Calls http2;

    CallerWatch(Bounds bounds, boolean grpc, BooleanSupplier draining, Consumer<Cut> cuts) {
        this.bounds = bounds;
        this.grpc = grpc;
        this.draining = draining;
        this.cuts = cuts;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        if (ctx.channel().isRegistered()) {
            protocol(ctx);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        long now = System.nanoTime();
        lastByte = now;
        begun = true;
        if (message instanceof ByteBuf bytes && http1 == null && http2 == null) {
            first(ctx, bytes);
            return;
        }
        if (http1 != null && message instanceof ByteBuf bytes) {
            http1.bytes(bytes, now);
        }
        ctx.fireChannelRead(message);
    }

    /**
     * Vert.x tells HTTP/2 from HTTP/1.1 by the first bytes, and passes them on with what follows. Given one by one they are
     * through, and it is seen which it is, before a request can be complete.
     */
    private void first(ChannelHandlerContext ctx, ByteBuf bytes) {
        while (bytes.isReadable() && ctx.pipeline().get(Http1xOrH2CHandler.class) != null) {
            ctx.fireChannelRead(bytes.readRetainedSlice(1));
        }
        protocol(ctx);
        if (http1 != null) {
            http1.bytes(null, lastByte);
        }
        if (bytes.isReadable()) {
            ctx.fireChannelRead(bytes);
        } else {
            bytes.release();
        }
    }

    private void protocol(ChannelHandlerContext ctx) {
        if (http2 == null && ctx.pipeline().get(Http2ConnectionHandler.class) != null) {
            http2 = new Http2Calls(ctx.pipeline().context(Http2ConnectionHandler.class), bounds, grpc, cuts);
        } else if (http1 == null && ctx.pipeline().get("httpDecoder") != null) {
            http1 = new Http1Messages();
            ctx.pipeline().addAfter("httpEncoder", "http1-messages", http1);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.fireChannelReadComplete();
        if (http1 != null) {
            http1.decoded(Undecoded.of(ctx.pipeline()), lastByte);
        }
        lookLater(ctx);
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        ctx.flush();
        if (unwritten(ctx) > 0) {
            lookLater(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ShutdownEvent && !begun && http1 == null && http2 == null) {
            // Vert.x would wait for its first byte
            ctx.close();
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void lookLater(ChannelHandlerContext ctx) {
        if (!looks && isBusy(ctx)) {
            looks = true;
            ctx.executor().schedule(() -> look(ctx), bounds.lookMs(), TimeUnit.MILLISECONDS);
        }
    }

    private boolean isBusy(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive()) {
            return false;
        }
        return unwritten(ctx) > 0 || (http2 != null ? http2.isBusy() : http1 != null ? http1.isArriving() : begun);
    }

    private void look(ChannelHandlerContext ctx) {
        looks = false;
        if (!isBusy(ctx)) {
            return;
        }
        // an HTTP/1.1 connection may have been upgraded
        protocol(ctx);
        long now = System.nanoTime();
        if (!drains && draining.getAsBoolean()) {
            drains = true;
            drainSince = now;
        }
        if (!isTaken(ctx, now)) {
            cuts.accept(Cut.ANSWER);
            ctx.close();
            return;
        }
        if (http2 != null) {
            http2.look(now, drains, drainSince, lastByte);
        } else if (http1 == null ? isLate(lastByte, now) : http1.isLate(bounds, now, drains, lately(lastByte))) {
            cuts.accept(Cut.REQUEST);
            if (http1 == null || http1.mayBeAnswered()) {
                ctx.writeAndFlush(Unpooled.copiedBuffer(TIMEOUT, StandardCharsets.US_ASCII))
                        .addListener(ChannelFutureListener.CLOSE);
            } else {
                ctx.close();
            }
            return;
        }
        lookLater(ctx);
    }

    /** A draining server's patience begins when it begins to drain. */
    private long lately(long since) {
        return drains && drainSince - since > 0 ? drainSince : since;
    }

    private boolean isLate(long since, long now) {
        return now - lately(since) > bounds.stallNanos(drains);
    }

    /** Whether the caller takes what is written to it. */
    private boolean isTaken(ChannelHandlerContext ctx, long now) {
        long left = unwritten(ctx);
        if (left == 0 || left != unwritten) {
            writtenSince = now;
        }
        unwritten = left;
        return left == 0 || !isLate(writtenSince, now);
    }

    /** Bytes that the socket does not take. */
    private static long unwritten(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
        return out == null ? 0 : Math.max(0, out.totalPendingWriteBytes() - out.currentProgress());
    }
}
