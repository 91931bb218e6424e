package dev.millrace.devkit.generator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What goes over the wire, encoded before the first call, in turn; or with repeats, as users do who come back. */
final class Payloads {
    /** A repeat is one of so many last ones: an answer that is cached for seconds is still there. */
    private static final int RECENT = 1_000;

    private final List<ByteBuf> encoded;
    private final double repeat;
    private final SplittableRandom random;
    private long fresh;

    private Payloads(List<ByteBuf> encoded, double repeat, long seed) {
        this.encoded = encoded;
        this.repeat = repeat;
        this.random = new SplittableRandom(seed);
    }

    /** @param repeat share of calls that say again what one of the last thousand others said */
    static Payloads of(List<ByteBuf> encoded, double repeat, long seed) {
        return new Payloads(List.copyOf(encoded), repeat, seed);
    }

    /** @param headers further lines, each with its line end */
    static List<ByteBuf> http(Target target, String headers, List<byte[]> bodies) {
        List<ByteBuf> all = new ArrayList<>();
        for (byte[] body : bodies) {
            String head = "POST " + target.path() + " HTTP/1.1\r\nhost: " + target.authority()
                    + "\r\ncontent-type: " + target.contentType() + "\r\n" + headers + "content-length: " + body.length
                    + "\r\n\r\n";
            all.add(Unpooled.unreleasableBuffer(Unpooled.directBuffer()
                    .writeBytes(head.getBytes(StandardCharsets.US_ASCII))
                    .writeBytes(body)));
        }
        return all;
    }

    static List<ByteBuf> grpc(List<byte[]> messages) {
        List<ByteBuf> all = new ArrayList<>();
        for (byte[] message : messages) {
            all.add(Unpooled.unreleasableBuffer(Unpooled.directBuffer()
                    .writeByte(0)
                    .writeInt(message.length)
                    .writeBytes(message)));
        }
        return all;
    }

    ByteBuf next() {
        if (repeat > 0 && fresh > 0 && random.nextDouble() < repeat) {
            long back = 1 + random.nextLong(Math.min(fresh, RECENT));
            return encoded.get((int) ((fresh - back) % encoded.size()));
        }
        return encoded.get((int) (fresh++ % encoded.size()));
    }
}
