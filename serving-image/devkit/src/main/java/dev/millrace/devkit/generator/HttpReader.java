package dev.millrace.devkit.generator;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** As much of HTTP/1.1 as finds the end of a message. */
final class HttpReader {
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] LENGTH = ascii("\r\ncontent-length:");
    private static final byte[] CHUNKED = ascii("\r\ntransfer-encoding: chunked");
    private static final byte[] CLOSE = ascii("\r\nconnection: close");

    private HttpReader() {}

    /**
     * @param status of an answer; of a request whatever stands there
     * @param bodyStart index of the first byte of the body
     * @param closes the sender ends the connection
     */
    record Message(int status, int bodyStart, boolean closes) {}

    /** Moves the reader index past one message; null when it is not all there, with the index anywhere. */
    static @Nullable Message read(ByteBuf in) {
        int start = in.readerIndex();
        int headEnd = indexOf(in, start, in.writerIndex(), HEAD_END);
        if (headEnd < 0) {
            return null;
        }
        int bodyStart = headEnd + HEAD_END.length;
        int end;
        int length = indexOfIgnoringCase(in, start, headEnd, LENGTH);
        if (length >= 0) {
            end = bodyStart + number(in, length + LENGTH.length);
        } else if (indexOfIgnoringCase(in, start, headEnd, CHUNKED) >= 0) {
            end = chunksEnd(in, bodyStart);
        } else {
            end = bodyStart;
        }
        if (end < 0 || end > in.writerIndex()) {
            return null;
        }
        in.readerIndex(end);
        return new Message(number(in, start + 9), bodyStart, indexOfIgnoringCase(in, start, headEnd, CLOSE) >= 0);
    }

    /** Index after the last chunk; -1 when it is not there. */
    private static int chunksEnd(ByteBuf in, int from) {
        int at = from;
        while (true) {
            int lineEnd = in.indexOf(at, in.writerIndex(), (byte) '\n');
            if (lineEnd < 0) {
                return -1;
            }
            int size = 0;
            for (int i = at; i < lineEnd && Character.digit(in.getByte(i), 16) >= 0; i++) {
                size = size * 16 + Character.digit(in.getByte(i), 16);
            }
            at = lineEnd + 1 + size + 2;
            if (at > in.writerIndex()) {
                return -1;
            }
            if (size == 0) {
                return at;
            }
        }
    }

    private static int number(ByteBuf in, int from) {
        int at = from;
        while (in.getByte(at) == ' ') {
            at++;
        }
        int n = 0;
        for (byte b = in.getByte(at); b >= '0' && b <= '9'; b = in.getByte(++at)) {
            n = n * 10 + b - '0';
        }
        return n;
    }

    static int indexOf(ByteBuf in, int from, int to, byte[] what) {
        for (int at = in.indexOf(from, to, what[0]); at >= 0; at = in.indexOf(at + 1, to, what[0])) {
            if (matches(in, at, to, what)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean matches(ByteBuf in, int at, int to, byte[] what) {
        if (at + what.length > to) {
            return false;
        }
        for (int i = 1; i < what.length; i++) {
            if (in.getByte(at + i) != what[i]) {
                return false;
            }
        }
        return true;
    }

    /** {@code what} is in lower case and begins with a character without case. */
    private static int indexOfIgnoringCase(ByteBuf in, int from, int to, byte[] what) {
        for (int at = in.indexOf(from, to, what[0]); at >= 0; at = in.indexOf(at + 1, to, what[0])) {
            int i = 1;
            while (i < what.length && at + i < to && lower(in.getByte(at + i)) == what[i]) {
                i++;
            }
            if (i == what.length) {
                return at;
            }
        }
        return -1;
    }

    private static byte lower(byte b) {
        return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
