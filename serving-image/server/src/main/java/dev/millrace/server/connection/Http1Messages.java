package dev.millrace.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/** Where the requests and answers of an HTTP/1.1 connection begin and end: behind its decoder and encoder. */
final class Http1Messages extends ChannelDuplexHandler {
    private boolean arriving;
    private boolean headArrived;
    private long since;
    private long requestsArrived;
    private long answersBegun;

    /** Before they are decoded; null = the first of a connection. */
    void bytes(@Nullable ByteBuf bytes, long now) {
        if (!arriving && (bytes == null || !isBlank(bytes))) {
            arriving = true;
            headArrived = false;
            since = now;
        }
    }

    /** After they are decoded: {@code left} bytes are the beginning of a request, which came behind a whole one. */
    void decoded(int left, long now) {
        if (!arriving && left > 0) {
            arriving = true;
            headArrived = false;
            since = now;
        }
    }

    /** Some clients end a body with a line too many. */
    private static boolean isBlank(ByteBuf bytes) {
        return bytes.readableBytes() <= 2 && bytes.forEachByte(b -> b == '\r' || b == '\n') < 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            headArrived = true;
        }
        if (message instanceof LastHttpContent) {
            arriving = false;
            requestsArrived++;
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse answer && answer.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
            answersBegun++;
        }
        ctx.write(message, promise);
    }

    /** Part of a request is there, and not all of it. */
    boolean isArriving() {
        return arriving;
    }

    boolean isLate(Bounds bounds, long now, boolean drains, long lastByte) {
        // who still waits for an answer is not slow, whatever it has begun to send behind
        if (!arriving || answersBegun < requestsArrived) {
            return false;
        }
        return now - lastByte > bounds.stallNanos(drains)
                || now - since > (headArrived ? bounds.requestNanos() : bounds.stallNanos(false));
    }

    /** Nothing has been said to the request that arrives. */
    boolean mayBeAnswered() {
        return answersBegun == requestsArrived;
    }
}
