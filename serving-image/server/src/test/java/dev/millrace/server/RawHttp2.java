package dev.millrace.server;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** An HTTP/2 client that sends its frames exactly as it is told. */
public final class RawHttp2 implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    private static final int ACK = 1;
    private static final int CANCEL = 8;

    private final Socket socket;
    private final DataInputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A frame that came in; {@code payload} of HEADERS is still packed. */
    public record Frame(int type, int flags, int stream, byte[] payload) {
        public boolean endsStream() {
            return (flags & END_STREAM) != 0;
        }

        /** A header field's value that the server packed as it stands; headers that it indexed are not found. */
        public boolean mentions(String text) {
            return new String(payload, StandardCharsets.ISO_8859_1).contains(text);
        }
    }

    public RawHttp2(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
        out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        // no bound on what all streams together are sent
        frame(WINDOW_UPDATE, 0, 0, new byte[] {0x40, 0, 0, 0});
        flush();
    }

    public RawHttp2 frame(int type, int flags, int stream, byte[] payload) {
        int n = payload.length;
        out.writeBytes(new byte[] {
            (byte) (n >> 16),
            (byte) (n >> 8),
            (byte) n,
            (byte) type,
            (byte) flags,
            (byte) (stream >> 24),
            (byte) (stream >> 16),
            (byte) (stream >> 8),
            (byte) stream
        });
        out.writeBytes(payload);
        return this;
    }

    /** The head of a POST; the stream is open after it. */
    public RawHttp2 post(int stream, String path, String contentType) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        // of the static table: POST, http
        head.write(0x83);
        head.write(0x86);
        field(head, ":path", path);
        field(head, ":authority", "127.0.0.1");
        field(head, "content-type", contentType);
        field(head, "te", "trailers");
        return frame(HEADERS, END_HEADERS, stream, head.toByteArray());
    }

    private static void field(ByteArrayOutputStream head, String name, String value) {
        head.write(0);
        for (String text : new String[] {name, value}) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length > 126) {
                throw new IllegalArgumentException("longer than one byte can say: " + text);
            }
            head.write(bytes.length);
            head.writeBytes(bytes);
        }
    }

    /** One gRPC message. */
    public RawHttp2 message(int stream, byte[] message, boolean last) {
        byte[] framed = new byte[5 + message.length];
        framed[3] = (byte) (message.length >> 8);
        framed[4] = (byte) message.length;
        System.arraycopy(message, 0, framed, 5, message.length);
        return frame(DATA, last ? END_STREAM : 0, stream, framed);
    }

    public RawHttp2 reset(int stream) {
        return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
    }

    /** All of it in one write. */
    public void flush() throws IOException {
        socket.getOutputStream().write(out.toByteArray());
        out.reset();
    }

    /** The next frame about a call, or the one that ends the connection; the others are answered as they want to be. */
    public Frame next() throws IOException {
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            Frame frame = new Frame(in.readUnsignedByte(), in.readUnsignedByte(), in.readInt(), in.readNBytes(length));
            if (frame.type() == SETTINGS && (frame.flags() & ACK) == 0) {
                frame(SETTINGS, ACK, 0, new byte[0]).flush();
            } else if (frame.type() == DATA
                    || frame.type() == HEADERS
                    || frame.type() == RST_STREAM
                    || frame.type() == GOAWAY) {
                return frame;
            }
        }
    }

    /** What ends the stream; fails when it is the connection that ends. */
    public Frame end(int stream) throws IOException {
        while (true) {
            Frame frame = next();
            if (frame.type() == GOAWAY) {
                throw new EOFException("GOAWAY before the end of stream " + stream);
            }
            if (frame.stream() == stream && (frame.endsStream() || frame.type() == RST_STREAM)) {
                return frame;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
