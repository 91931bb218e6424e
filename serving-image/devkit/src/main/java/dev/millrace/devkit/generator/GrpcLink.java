package dev.millrace.devkit.generator;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.server.proto.predict.PredictResponse;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.HashMap;
import java.util.Map;

/** gRPC over HTTP/2, several unary calls at a time. */
final class GrpcLink extends Link {
    /** Below what servers allow by default (100): a call never waits for a stream unseen. */
    private static final int CALLS = 32;

    private static final int MESSAGE_PREFIX = 5;

    private final Channel channel;
    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    private final Http2Headers headers;
    private final Owner owner;
    private final boolean readFlags;
    private final Map<Integer, Call> calls = new HashMap<>();
    private boolean goingAway;
    private boolean over;

    private static final class Call {
        private final long intendedNs;
        private boolean flagged;

        Call(long intendedNs) {
            this.intendedNs = intendedNs;
        }
    }

    /** {@code headers}: of every call. */
    GrpcLink(Channel channel, Http2Headers headers, Owner owner, boolean readFlags) {
        this.channel = channel;
        this.headers = headers;
        this.owner = owner;
        this.readFlags = readFlags;
        this.http2 = new Http2ConnectionHandlerBuilder()
                .server(false)
                .initialSettings(new Http2Settings().pushEnabled(false))
                .frameListener(new Listener())
                .build();
        channel.pipeline().addLast(http2);
        this.context = channel.pipeline().context(http2);
        channel.closeFuture().addListener(closed -> end());
    }

    @Override
    boolean hasRoom() {
        return !over && !goingAway && calls.size() < CALLS;
    }

    @Override
    void send(ByteBuf payload, long intendedNs) {
        int stream = http2.connection().local().incrementAndGetNextStreamId();
        calls.put(stream, new Call(intendedNs));
        http2.encoder().writeHeaders(context, stream, headers, 0, false, context.newPromise());
        http2.encoder().writeData(context, stream, payload.retainedDuplicate(), 0, true, context.newPromise());
        // its own flush, which also writes what flow control held back
        http2.flush(context);
    }

    @Override
    void close() {
        channel.close();
    }

    private void end() {
        if (!over) {
            over = true;
            long[] underWay =
                    calls.values().stream().mapToLong(call -> call.intendedNs).toArray();
            calls.clear();
            owner.ended(this, underWay);
        }
    }

    private void answered(int stream, int status) {
        Call call = calls.remove(stream);
        if (call != null) {
            owner.answered(this, call.intendedNs, status, call.flagged);
        }
        if (goingAway && calls.isEmpty()) {
            channel.close();
        }
    }

    /** What the server sends. An answer is one message that comes in one piece or is not looked into. */
    private final class Listener extends Http2FrameAdapter {
        @Override
        public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean end) {
            Call call = calls.get(stream);
            if (readFlags && call != null && data.readableBytes() > MESSAGE_PREFIX) {
                call.flagged = isFallback(ByteBufUtil.getBytes(
                        data, data.readerIndex() + MESSAGE_PREFIX, data.readableBytes() - MESSAGE_PREFIX));
            }
            return data.readableBytes() + padding;
        }

        private static boolean isFallback(byte[] message) {
            try {
                return PredictResponse.parseFrom(message).getPredictionsList().stream()
                        .anyMatch(p -> !p.getFlags().getFallback().isEmpty());
            } catch (InvalidProtocolBufferException e) {
                return false;
            }
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int stream,
                Http2Headers received,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end) {
            onHeadersRead(ctx, stream, received, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int stream, Http2Headers received, int padding, boolean end) {
            if (end) {
                CharSequence status = received.get("grpc-status");
                answered(stream, status == null ? Status.BROKEN : Status.grpc(Integer.parseInt(status.toString())));
            }
        }

        @Override
        public void onRstStreamRead(ChannelHandlerContext ctx, int stream, long error) {
            answered(stream, Status.BROKEN);
        }

        @Override
        public void onGoAwayRead(ChannelHandlerContext ctx, int last, long error, ByteBuf debug) {
            goingAway = true;
            if (calls.isEmpty()) {
                channel.close();
            }
        }
    }
}
