package dev.millrace.server.connection;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/**
 * What an HTTP/1.1 decoder holds of a message that is not complete. Netty tells it to the decoder's own subclasses only, and a
 * caller that sends the beginning of a request behind a whole one, in one packet, shows nowhere else.
 */
final class Undecoded {
    private static final MethodHandle BYTES = bytes();

    private Undecoded() {}

    /** Bytes; 0 when the connection has no such decoder (any more). */
    static int of(ChannelPipeline pipeline) {
        if (!(pipeline.get("httpDecoder") instanceof ByteToMessageDecoder decoder)) {
            return 0;
        }
        try {
            return (int) BYTES.invokeExact(decoder);
        } catch (Throwable e) {
            throw new IllegalStateException("the decoder does not say what it holds", e);
        }
    }

    private static MethodHandle bytes() {
        try {
            Method method = ByteToMessageDecoder.class.getDeclaredMethod("actualReadableBytes");
            method.setAccessible(true);
            return MethodHandles.lookup().unreflect(method);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
