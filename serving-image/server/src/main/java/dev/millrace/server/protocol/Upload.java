package dev.millrace.server.protocol;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request's body as it comes in: as a rule in one part, which is copied once. */
final class Upload {
    /** More than this is not set aside on the caller's word alone. */
    private static final int TRUSTED = 64 << 10;

    private static final byte[] NONE = {};

    private final int announced;
    private byte[] bytes = NONE;
    private int length;

    /** Told once how a body came in. */
    interface Receiver {
        /** It is not read on, so that the connection cannot be used again. */
        void refused(int status, String message);

        /** The caller went away, or sent what is no HTTP. */
        void broken();

        void complete(byte[] body);
    }

    /** Takes a request's body in, if it is one that we read. */
    static void receive(HttpServerRequest request, Receiver receiver) {
        String unsupported = unsupportedMedia(request);
        if (unsupported != null) {
            refuse(request, receiver, 415, unsupported);
            return;
        }
        Upload body = new Upload(request.getHeader(HttpHeaders.CONTENT_LENGTH));
        request.handler(part -> {
            if (!body.add(part)) {
                request.handler(null);
                request.endHandler(null);
                refuse(request, receiver, 413, "the body is longer than " + Served.MAX_BODY + " bytes");
            }
        });
        request.exceptionHandler(e -> receiver.broken());
        request.endHandler(v -> receiver.complete(body.bytes()));
    }

    private static void refuse(HttpServerRequest request, Receiver receiver, int status, String message) {
        Replies.last(request);
        receiver.refused(status, message);
    }

    /**
     * What is wrong with the body's type; null = nothing. A body without a type, or with the one that curl sends by itself, is
     * taken for the JSON that it must be; one of bytes needs the header that says where its JSON ends.
     */
    private static @Nullable String unsupportedMedia(HttpServerRequest request) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            return "Content-Encoding: " + encoding + " is not taken";
        }
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || type.equals("application/json")) {
            return null;
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (media.equals("application/octet-stream")) {
            return request.getHeader(BinaryData.HEADER) != null
                    ? null
                    : "Content-Type: application/octet-stream needs " + BinaryData.HEADER;
        }
        return media.equals("application/json")
                        || media.endsWith("+json")
                        || media.equals("application/x-www-form-urlencoded")
                ? null
                : "Content-Type: must be application/json, or application/octet-stream with " + BinaryData.HEADER;
    }

    /** {@code contentLength}: the header; null = none. */
    Upload(@Nullable String contentLength) {
        int n = 0;
        if (contentLength != null && contentLength.length() <= 9) {
            try {
                n = Integer.parseInt(contentLength);
            } catch (NumberFormatException e) {
                n = 0;
            }
        }
        announced = n;
    }

    /** False = the body is too long; it is kept no longer then. */
    boolean add(Buffer part) {
        int n = part.length();
        if (Math.max(length + n, announced) > Served.MAX_BODY) {
            bytes = NONE;
            return false;
        }
        if (bytes.length - length < n) {
            int wanted = Math.max(Math.min(announced, TRUSTED), 2 * bytes.length);
            // the announced end, if it is in reach: then nothing is copied again
            wanted = announced > wanted && announced <= 2 * wanted ? announced : wanted;
            bytes = Arrays.copyOf(bytes, Math.max(length + n, wanted));
        }
        part.getBytes(0, n, bytes, length);
        length += n;
        return true;
    }

    /** All of it. */
    byte[] bytes() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
