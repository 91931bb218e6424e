package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig.Tls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The mounted certificate and key, read when they have changed. Used by one thread at a time. */
final class TlsFiles {
    private final Tls spec;
    private byte[] cert = {};
    private byte[] key = {};

    TlsFiles(Tls spec) {
        this.spec = spec;
    }

    /** What to listen with. */
    PemKeyCertOptions keys() throws IOException {
        byte[] newCert = Files.readAllBytes(Path.of(spec.certPath()));
        byte[] newKey = Files.readAllBytes(Path.of(spec.keyPath()));
        cert = newCert;
        key = newKey;
        return new PemKeyCertOptions().addCertValue(Buffer.buffer(newCert)).addKeyValue(Buffer.buffer(newKey));
    }

    /** Null = the files are as they were. */
    @Nullable
    ServerSSLOptions changed() throws IOException {
        byte[] oldCert = cert;
        byte[] oldKey = key;
        PemKeyCertOptions keys = keys();
        if (Arrays.equals(oldCert, cert) && Arrays.equals(oldKey, key)) {
            return null;
        }
        return new ServerSSLOptions()
                .setUseAlpn(true)
                .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
                .setKeyCertOptions(keys);
    }
}
