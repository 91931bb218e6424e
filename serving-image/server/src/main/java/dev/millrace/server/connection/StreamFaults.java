package dev.millrace.server.connection;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * Keeps the fault of one HTTP/2 stream from ending the connection and with it everybody else's calls.
 *
 * <p>Vert.x writes a gRPC answer's trailers with a promise that reports a failure to the whole pipeline, where its own handler
 * closes the connection for whatever arrives. The trailers of a call that its caller drops at that moment (RST_STREAM, as
 * every client does at its deadline) cannot be written: that is such a failure. The stream is reset by then; nothing is left
 * to do.
 */
@Sharable
final class StreamFaults extends ChannelInboundHandlerAdapter {
    private static final StreamFaults SHARED = new StreamFaults();

    private StreamFaults() {}

    /** {@code http2}: the handler of an HTTP/2 connection, and where it stands. */
    static void keepIn(ChannelHandlerContext http2) {
        http2.pipeline().addBefore(http2.name(), "stream-faults", SHARED);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!isOfStream(cause)) {
            ctx.fireExceptionCaught(cause);
        }
    }

    private static boolean isOfStream(Throwable cause) {
        Http2Exception fault = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
        // Netty's word for a frame that comes after its stream's end
        return fault == null ? cause instanceof IllegalStateException : Http2Exception.isStreamError(fault);
    }
}
