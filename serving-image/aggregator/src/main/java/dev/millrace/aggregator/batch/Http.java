package dev.millrace.aggregator.batch;

import dev.millrace.aggregator.sink.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** GET, with a bound on how long the other side may be silent: java.net.http has none for a body that stalls. */
final class Http {
    private static final int CONNECT_MS = 10_000;
    private static final int SILENCE_MS = 30_000;
    private static final int MAX_REDIRECTS = 5;
    private static final int EXPLAINED = 300;

    private final @Nullable SSLSocketFactory sockets;

    /** @param caFile certificates to be trusted in place of the platform's */
    Http(@Nullable Path caFile) throws SourceException {
        try {
            this.sockets = caFile == null ? null : Trust.of(caFile);
        } catch (IOException | GeneralSecurityException e) {
            throw new SourceException(caFile + " is no list of certificates: " + e.getMessage(), e);
        }
    }

    /** What authorises a request: headers for this address and these headers. */
    interface Signer {
        Map<String, String> sign(URI uri, Map<String, String> headers);
    }

    /** An answer; the body is read once. */
    static final class Answer implements AutoCloseable {
        private final HttpURLConnection connection;
        private final int status;

        Answer(HttpURLConnection connection) throws IOException {
            this.connection = connection;
            this.status = connection.getResponseCode();
        }

        int status() {
            return status;
        }

        @Nullable
        String header(String name) {
            return connection.getHeaderField(name);
        }

        /** Of the body; -1 = not told. */
        long length() {
            return connection.getContentLengthLong();
        }

        InputStream body() throws IOException {
            return connection.getInputStream();
        }

        /** Tells this content from another: the ETag, else the time of its change; empty = neither is told. */
        String tag() {
            String etag = header("ETag");
            String changed = header("Last-Modified");
            return etag != null && !etag.startsWith("W/") ? etag : changed == null ? "" : changed;
        }

        /** {@code status 403: AccessDenied…}. */
        String failure() {
            String why = "";
            try (InputStream in = connection.getErrorStream()) {
                if (in != null) {
                    why = new String(in.readNBytes(EXPLAINED), StandardCharsets.UTF_8)
                            .replaceAll("<[^>]*>", " ")
                            .replaceAll("\\s+", " ")
                            .strip();
                }
            } catch (IOException e) {
                why = ""; // the status says enough
            }
            return "status " + status + (why.isEmpty() ? "" : ": " + why);
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }

    /** Follows redirects that stay encrypted; credentials go to the first host only. */
    Answer get(URI uri, Map<String, String> headers, Signer signer) throws IOException {
        URI at = uri;
        for (int i = 0; ; i++) {
            Map<String, String> all = host(at).equals(host(uri)) ? signer.sign(at, headers) : headers;
            Answer answer = new Answer(open(at, all));
            String location = answer.header("Location");
            boolean redirect = answer.status() / 100 == 3 && answer.status() != 304 && location != null;
            if (!redirect) {
                return answer;
            }
            answer.close();
            URI next = at.resolve(location);
            if (i == MAX_REDIRECTS || !uri.getScheme().equals(next.getScheme())) {
                throw new IOException("redirected to " + next + ", where it is not followed");
            }
            at = next;
        }
    }

    private static String host(URI uri) {
        return (uri.getHost() + ":" + uri.getPort()).toLowerCase(Locale.ROOT);
    }

    private HttpURLConnection open(URI uri, Map<String, String> headers) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        if (sockets != null && connection instanceof HttpsURLConnection secure) {
            secure.setSSLSocketFactory(sockets);
        }
        connection.setConnectTimeout(CONNECT_MS);
        connection.setReadTimeout(SILENCE_MS);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        headers.forEach(connection::setRequestProperty);
        return connection;
    }
}
