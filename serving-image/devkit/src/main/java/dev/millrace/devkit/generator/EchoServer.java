package dev.millrace.devkit.generator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Answers every call with the same bytes at once: what remains of a measurement is the generator and the kernel. */
public final class EchoServer implements AutoCloseable {
    private static final int BACKLOG = 4096;

    private final EventLoopGroup group = Transport.group();
    private final Channel channel;

    /** @param bytes of every answer's body */
    public EchoServer(int port, boolean grpc, int bytes) {
        byte[] body = "x".repeat(bytes).getBytes(StandardCharsets.US_ASCII);
        this.channel = new ServerBootstrap()
                .group(group)
                .channel(Transport.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        if (grpc) {
                            Grpc.addTo(accepted, body);
                        } else {
                            accepted.pipeline().addLast(new Http(body));
                        }
                    }
                })
                .bind(new InetSocketAddress("127.0.0.1", port))
                .syncUninterruptibly()
                .channel();
    }

    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Http extends ChannelInboundHandlerAdapter {
        private final ByteBuf answer;
        private @Nullable ByteBuf rest;

        Http(byte[] body) {
            this.answer = Unpooled.unreleasableBuffer(Unpooled.directBuffer()
                    .writeBytes(HttpReader.ascii("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
                            + body.length + "\r\n\r\n"))
                    .writeBytes(body));
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            ByteBuf before = rest;
            if (before != null) {
                in = before.writeBytes(in);
                ((ByteBuf) message).release();
                rest = null;
            }
            while (in.isReadable()) {
                int start = in.readerIndex();
                if (HttpReader.read(in) == null) {
                    in.readerIndex(start);
                    rest = before == null ? ctx.alloc().buffer().writeBytes(in) : in.retain();
                    break;
                }
                ctx.write(answer.duplicate(), ctx.voidPromise());
            }
            in.release();
            ctx.flush();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (rest != null) {
                rest.release();
                rest = null;
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    private static final class Grpc extends Http2FrameAdapter {
        private static final Http2Headers HEAD =
                new DefaultHttp2Headers().status("200").set("content-type", "application/grpc");
        private static final Http2Headers END = new DefaultHttp2Headers().set("grpc-status", "0");

        private final ByteBuf answer;
        private @Nullable Http2ConnectionHandler http2;

        private Grpc(byte[] body) {
            this.answer = Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer().writeByte(0).writeInt(body.length).writeBytes(body));
        }

        static void addTo(Channel channel, byte[] body) {
            Grpc listener = new Grpc(body);
            Http2ConnectionHandler handler = new Http2ConnectionHandlerBuilder()
                    .server(true)
                    .frameListener(listener)
                    .build();
            listener.http2 = handler;
            channel.pipeline().addLast(handler);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean end) {
            Http2ConnectionHandler handler = http2;
            if (end && handler != null) {
                handler.encoder().writeHeaders(ctx, stream, HEAD, 0, false, ctx.newPromise());
                handler.encoder().writeData(ctx, stream, answer.duplicate(), 0, false, ctx.newPromise());
                handler.encoder().writeHeaders(ctx, stream, END, 0, true, ctx.newPromise());
                handler.flush(ctx);
            }
            return data.readableBytes() + padding;
        }
    }
}
