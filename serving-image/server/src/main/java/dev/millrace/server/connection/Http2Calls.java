package dev.millrace.server.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The calls of an HTTP/2 connection: which of them wait for their caller's bytes, or for it to take an answer. */
final class Http2Calls {
    private static final String TOO_SLOW = "the request did not arrive in time";
    private static final String DEADLINE_EXCEEDED = "4";

    private final ChannelHandlerContext ctx;
    private final Http2ConnectionHandler handler;
    private final Bounds bounds;
    private final boolean grpc;
    private final Consumer<Cut> cuts;
    private final Http2Connection.PropertyKey key;

    /** What was seen of a call at the last look. */
    private static final class Seen {
        final long begun;
        long quietSince;
        int window;
        /** 0 = no answer waits to be taken. */
        long answerSince;

        Seen(long now, int window) {
            this.begun = now;
            this.quietSince = now;
            this.window = window;
        }
    }

    /** {@code ctx} of the connection's handler. */
    Http2Calls(ChannelHandlerContext ctx, Bounds bounds, boolean grpc, Consumer<Cut> cuts) {
        this.ctx = ctx;
        this.handler = (Http2ConnectionHandler) ctx.handler();
        this.bounds = bounds;
        this.grpc = grpc;
        this.cuts = cuts;
        this.key = handler.connection().newKey();
    }

    boolean isBusy() {
        return handler.connection().numActiveStreams() > 0;
    }

    /** {@code lastByte}: of whatever call of the connection. */
    void look(long now, boolean drains, long drainSince, long lastByte) {
        List<Http2Stream> slow = new ArrayList<>();
        List<Http2Stream> unread = new ArrayList<>();
        long stall = bounds.stallNanos(drains);
        try {
            handler.connection().forEachActiveStream(stream -> {
                Seen seen = seen(stream, now);
                long quiet =
                        drains ? Math.max(0, Math.min(now - seen.quietSince, now - drainSince)) : now - seen.quietSince;
                if (seen.answerSince != 0) {
                    // its window is opened by a frame of few bytes that may come at any time; that none comes is a sign
                    long silent = Math.min(now - seen.answerSince, now - lastByte);
                    silent = drains ? Math.min(silent, now - drainSince) : silent;
                    if (silent > stall || now - seen.answerSince > bounds.requestNanos()) {
                        unread.add(stream);
                    }
                } else if (stream.state() == Http2Stream.State.OPEN
                        && (quiet > stall || now - seen.begun > bounds.requestNanos())) {
                    slow.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("nothing that looks at a stream fails", e);
        }
        slow.forEach(this::tooSlow);
        unread.forEach(this::unread);
        if (!slow.isEmpty() || !unread.isEmpty()) {
            ctx.flush();
        }
    }

    private Seen seen(Http2Stream stream, long now) {
        int window = handler.decoder().flowController().windowSize(stream);
        Seen seen = stream.getProperty(key);
        if (seen == null) {
            seen = new Seen(now, window);
            stream.setProperty(key, seen);
        }
        if (window != seen.window) {
            seen.window = window;
            seen.quietSince = now;
        }
        if (!handler.encoder().flowController().hasFlowControlled(stream)) {
            seen.answerSince = 0;
        } else if (seen.answerSince == 0) {
            seen.answerSince = now;
        }
        return seen;
    }

    private void unread(Http2Stream stream) {
        cuts.accept(Cut.ANSWER);
        reset(stream, Http2Error.CANCEL);
    }

    /** Says so, and asks for no more of the request. */
    private void tooSlow(Http2Stream stream) {
        cuts.accept(Cut.REQUEST);
        Http2ConnectionEncoder encoder = handler.encoder();
        if (grpc) {
            Http2Headers status = new DefaultHttp2Headers();
            if (!stream.isHeadersSent()) {
                status.status("200").set("content-type", "application/grpc");
            }
            status.set("grpc-status", DEADLINE_EXCEEDED).set("grpc-message", TOO_SLOW);
            encoder.writeHeaders(ctx, stream.id(), status, 0, true, ctx.newPromise());
        } else if (!stream.isHeadersSent()) {
            Http2Headers head = new DefaultHttp2Headers().status("408").set("content-type", "application/json");
            encoder.writeHeaders(ctx, stream.id(), head, 0, false, ctx.newPromise());
            byte[] body = ("{\"error\":\"" + TOO_SLOW + "\"}").getBytes(StandardCharsets.US_ASCII);
            encoder.writeData(ctx, stream.id(), Unpooled.wrappedBuffer(body), 0, true, ctx.newPromise());
            try {
                encoder.flowController().writePendingBytes();
            } catch (Http2Exception e) {
                reset(stream, Http2Error.CANCEL);
                return;
            }
        }
        reset(stream, Http2Error.NO_ERROR);
    }

    private void reset(Http2Stream stream, Http2Error error) {
        handler.encoder().writeRstStream(ctx, stream.id(), error.code(), ctx.newPromise());
    }
}
