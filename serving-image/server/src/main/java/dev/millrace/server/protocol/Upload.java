package dev.millrace.server.protocol;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A request's body as it comes in: as a rule in one part, which is copied once. */
final class Upload {
    /** More than this is not set aside on the caller's word alone. */
    private static final int TRUSTED = 64 << 10;

    private static final byte[] NONE = {};

    private final int announced;
    private byte[] bytes = NONE;
    private int length;

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
