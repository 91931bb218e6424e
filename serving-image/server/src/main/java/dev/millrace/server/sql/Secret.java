package dev.millrace.server.sql;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A mounted Secret, one file for each of its keys. Its messages name keys, never what they hold.
 */
final class Secret {
    private static final String CURE =
            "; the Secret of sql.secretRef has uri (postgresql://user:password@host:port/database), or host, database,"
                    + " username and password";
    private static final int DEFAULT_PORT = 5432;
    private static final int MAX_PORT = 65_535;
    /** One statement each. */
    private static final int STATEMENTS = 16;

    private final Path dir;

    /** {@code dir}: need not be there yet. */
    Secret(Path dir) {
        this.dir = dir;
    }

    /** Of a Secret that cannot be used. */
    static final class SecretException extends Exception {
        private static final long serialVersionUID = 1L;

        SecretException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** How to connect, by what the files hold now. */
    PgConnectOptions options() throws SecretException {
        String uri = text("uri");
        PgConnectOptions options = uri == null ? ofParts() : ofUri(uri);
        String mode = text("sslmode");
        if (mode != null) {
            options.setSslMode(sslMode(mode));
        } else if (uri == null || !uri.contains("sslmode=")) {
            // as libpq
            options.setSslMode(SslMode.PREFER);
        }
        if (options.getSslMode() != SslMode.DISABLE) {
            options.setSslOptions(tls(options.getSslMode()));
        }
        return options.setCachePreparedStatements(true).setPreparedStatementCacheMaxSize(STATEMENTS);
    }

    private static PgConnectOptions ofUri(String uri) throws SecretException {
        try {
            return PgConnectOptions.fromUri(uri);
        } catch (RuntimeException e) {
            // its message has the password in it
            throw new SecretException("key uri is no connection URI" + CURE, null);
        }
    }

    private PgConnectOptions ofParts() throws SecretException {
        String database = text("database");
        return new PgConnectOptions()
                .setHost(required("host"))
                .setPort(port(text("port")))
                .setDatabase(database == null ? required("dbname", "database") : database)
                .setUser(required("username"))
                .setPassword(required("password"));
    }

    private static int port(@Nullable String text) throws SecretException {
        try {
            int port = text == null ? DEFAULT_PORT : Integer.parseInt(text);
            if (port > 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            // as one out of range
        }
        throw new SecretException("key port is not a number from 1 to " + MAX_PORT, null);
    }

    private static SslMode sslMode(String text) throws SecretException {
        try {
            return SslMode.of(text);
        } catch (IllegalArgumentException e) {
            throw new SecretException(
                    "key sslmode is none of disable, allow, prefer, require, verify-ca and verify-full", e);
        }
    }

    /** As libpq: only the verifying modes look who answers. */
    private ClientSSLOptions tls(SslMode mode) throws SecretException {
        ClientSSLOptions tls = new ClientSSLOptions();
        boolean verifies = mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL;
        tls.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
        String authority = verifies ? text("ca.crt") : null;
        if (!verifies) {
            tls.setTrustAll(true);
        } else if (authority != null) {
            // not its path: a client that knows the path does not read it again
            tls.setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(authority)));
        }
        return tls;
    }

    private String required(String key) throws SecretException {
        return required(key, key);
    }

    private String required(String key, String told) throws SecretException {
        String text = text(key);
        if (text == null) {
            throw new SecretException("there is no key " + told + CURE, null);
        }
        return text;
    }

    /** Null = there is no such key, or nothing in it. */
    private @Nullable String text(String key) throws SecretException {
        try {
            String text = Files.readString(dir.resolve(key)).strip();
            return text.isEmpty() ? null : text;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new SecretException("cannot read " + dir.resolve(key), e);
        }
    }
}
