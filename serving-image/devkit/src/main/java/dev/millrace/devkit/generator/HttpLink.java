package dev.millrace.devkit.generator;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1, one call at a time. Reads of an answer what it must: status, where it ends, whether a fallback gave it. */
final class HttpLink extends Link {
    private static final byte[] FLAG = HttpReader.ascii("\"fallback\":\"");

    private final Channel channel;
    private final Owner owner;
    private final boolean readFlags;
    private long intendedNs;
    private boolean busy;
    private boolean over;

    HttpLink(Channel channel, Owner owner, boolean readFlags) {
        this.channel = channel;
        this.owner = owner;
        this.readFlags = readFlags;
        channel.pipeline().addLast(new Reader());
    }

    @Override
    boolean hasRoom() {
        return !busy && !over;
    }

    @Override
    void send(ByteBuf payload, long intended) {
        busy = true;
        intendedNs = intended;
        channel.writeAndFlush(payload.retainedDuplicate(), channel.voidPromise());
    }

    @Override
    void close() {
        channel.close();
    }

    private void end() {
        if (!over) {
            over = true;
            owner.ended(this, busy ? new long[] {intendedNs} : new long[0]);
        }
    }

    /** Puts an answer together from what arrives. */
    private final class Reader extends ChannelInboundHandlerAdapter {
        private @Nullable ByteBuf rest;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            ByteBuf before = rest;
            if (before != null) {
                in = before.writeBytes(in);
                ((ByteBuf) message).release();
                rest = null;
            }
            int start = in.readerIndex();
            HttpReader.Message answer = HttpReader.read(in);
            if (answer == null) {
                in.readerIndex(start);
                rest = before == null
                        ? ctx.alloc().buffer(in.readableBytes() * 2).writeBytes(in)
                        : in;
                if (before == null) {
                    in.release();
                }
                return;
            }
            boolean flagged = readFlags && HttpReader.indexOf(in, answer.bodyStart(), in.readerIndex(), FLAG) >= 0;
            in.release();
            busy = false;
            if (answer.closes()) {
                over = true;
                ctx.close();
            }
            owner.answered(HttpLink.this, intendedNs, answer.status(), flagged);
            if (answer.closes()) {
                owner.ended(HttpLink.this, new long[0]);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (rest != null) {
                rest.release();
                rest = null;
            }
            end();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
