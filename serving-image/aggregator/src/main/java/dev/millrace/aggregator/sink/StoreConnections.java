package dev.millrace.aggregator.sink;

import dev.millrace.contract.config.Store;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/** Opens connections to the store of a document. The password is read anew each time, so that it may rotate. */
public final class StoreConnections {
    private static final int CONNECT_MS = 2_000;
    /** An answer that takes longer than this is taken for lost, and the batch is sent again. */
    private static final int SOCKET_MS = 10_000;

    private static final int DEFAULT_PORT = 6379;

    private final Store store;
    private final HostAndPort address;
    private final boolean tls;

    public StoreConnections(Store store) {
        this.store = store;
        URI uri = URI.create(store.address());
        this.tls = "rediss".equals(uri.getScheme());
        if (!tls && !"redis".equals(uri.getScheme()) || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "store.address: '" + store.address() + "' is not redis://host:port or rediss://host:port");
        }
        this.address = new HostAndPort(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    }

    /** {@code redis://host:port}. */
    public String address() {
        return store.address();
    }

    /** @throws StoreUnavailableException naming the address */
    public Jedis open() throws StoreUnavailableException {
        try {
            DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                    .connectionTimeoutMillis(CONNECT_MS)
                    .socketTimeoutMillis(SOCKET_MS)
                    .clientName("millrace-aggregator")
                    .ssl(tls);
            String password = password();
            if (password != null) {
                config.password(password);
                if (store.username() != null) {
                    config.user(store.username());
                }
            }
            String caFile = store.caFile();
            if (tls) {
                // Jedis checks the chain and not the name: any certificate of the authority would do
                SSLParameters byName = new SSLParameters();
                byName.setEndpointIdentificationAlgorithm("HTTPS");
                config.sslParameters(byName);
            }
            if (tls && caFile != null) {
                config.sslSocketFactory(Trust.of(Path.of(caFile)));
            }
            Jedis jedis = new Jedis(address, config.build());
            jedis.connect();
            return jedis;
        } catch (JedisException | IOException | GeneralSecurityException e) {
            throw new StoreUnavailableException("store " + store.address() + ": " + reason(e), e);
        }
    }

    private @Nullable String password() throws IOException {
        String file = store.passwordFile();
        return file == null
                ? null
                : Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
    }

    /** The innermost message: Jedis wraps "Connection refused" in "Failed to connect to any host". */
    static String reason(Throwable e) {
        Throwable inner = e;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        if (inner == e && e.getSuppressed().length > 0) {
            inner = e.getSuppressed()[0];
            while (inner.getCause() != null) {
                inner = inner.getCause();
            }
        }
        String message = inner.getMessage();
        return message == null ? inner.getClass().getSimpleName() : message;
    }
}
