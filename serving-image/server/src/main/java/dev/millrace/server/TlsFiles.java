package dev.millrace.server;

import dev.millrace.contract.config.ServingConfig.Tls;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mounted certificate and key, read when they have changed. A pair is used when it was the same at two looks and
 * belongs together: with one half of a change no caller could connect. Used by one thread at a time.
 */
final class TlsFiles {
    private static final String PKCS8 = "PRIVATE KEY-----";

    private final Tls spec;
    private Pair used = new Pair(new byte[0], new byte[0]);
    private Pair seen = used;

    private record Pair(byte[] cert, byte[] key) {
        boolean is(Pair other) {
            return Arrays.equals(cert, other.cert) && Arrays.equals(key, other.key);
        }

        PemKeyCertOptions options() {
            return new PemKeyCertOptions().addCertValue(Buffer.buffer(cert)).addKeyValue(Buffer.buffer(key));
        }
    }

    TlsFiles(Tls spec) {
        this.spec = spec;
    }

    /** What to listen with. */
    PemKeyCertOptions keys() throws IOException {
        used = read();
        check(used);
        return used.options();
    }

    /** Null = the files are as they were, or may be about to change. */
    @Nullable
    ServerSSLOptions changed() throws IOException {
        Pair now = read();
        boolean settled = now.is(seen);
        seen = now;
        if (!settled || now.is(used)) {
            return null;
        }
        // whether or not it can be used: it is told once
        used = now;
        check(now);
        return new ServerSSLOptions()
                .setUseAlpn(true)
                .setApplicationLayerProtocols(List.of("h2", "http/1.1"))
                .setKeyCertOptions(now.options());
    }

    private Pair read() throws IOException {
        return new Pair(Files.readAllBytes(Path.of(spec.certPath())), Files.readAllBytes(Path.of(spec.keyPath())));
    }

    /** What the key signs, the certificate confirms. A key of another form than PKCS#8 is taken as it is. */
    private void check(Pair pair) throws IOException {
        String pem = new String(pair.key(), StandardCharsets.US_ASCII);
        int begin = pem.indexOf("-----BEGIN " + PKCS8);
        int end = pem.indexOf("-----END " + PKCS8);
        try {
            PublicKey certified = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pair.cert()))
                    .getPublicKey();
            if (begin < 0 || end < begin) {
                return;
            }
            byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + 11 + PKCS8.length(), end));
            String algorithm = certified.getAlgorithm();
            Signature signature = Signature.getInstance(
                    algorithm.equals("EC") ? "SHA256withECDSA" : algorithm.equals("RSA") ? "SHA256withRSA" : algorithm);
            signature.initSign(KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
            signature.update(pair.cert());
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(pair.cert());
            if (!signature.verify(signed)) {
                throw new GeneralSecurityException("they do not belong together");
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(spec.certPath() + " and " + spec.keyPath() + ": " + e.getMessage(), e);
        }
    }
}
