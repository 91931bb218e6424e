package dev.millrace.aggregator;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A key and its self-signed certificate for 127.0.0.1, made by the JDK's keytool; each is its own authority. */
public final class TestKeys {
    static final String PASSWORD = "changeit";

    private final Path keyStoreFile;
    private final KeyStore keyStore;

    private TestKeys(Path keyStoreFile, KeyStore keyStore) {
        this.keyStoreFile = keyStoreFile;
        this.keyStore = keyStore;
    }

    public static TestKeys make(Path dir, String name)
            throws IOException, GeneralSecurityException, InterruptedException {
        Path file = dir.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=IP:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new TestKeys(file, store);
    }

    /** PKCS12 with key and certificate. */
    Path keyStoreFile() {
        return keyStoreFile;
    }

    /** PKCS12 that trusts this certificate. */
    Path trustStoreFile() throws IOException, GeneralSecurityException {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("peer", keyStore.getCertificate("key"));
        Path file = keyStoreFile.resolveSibling(keyStoreFile.getFileName() + ".trust");
        try (OutputStream out = Files.newOutputStream(file)) {
            trust.store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    /** As a secret that is mounted: {@code ca.crt}. */
    public Path caDir(Path dir) throws IOException, GeneralSecurityException {
        Files.createDirectories(dir);
        Files.writeString(dir.resolve("ca.crt"), certificate());
        return dir;
    }

    /** As a secret that is mounted: {@code user.crt}, {@code user.key}. */
    Path clientDir(Path dir) throws IOException, GeneralSecurityException {
        Files.createDirectories(dir);
        Files.writeString(dir.resolve("user.crt"), certificate());
        Files.writeString(
                dir.resolve("user.key"),
                pem(
                        "PRIVATE KEY",
                        keyStore.getKey("key", PASSWORD.toCharArray()).getEncoded()));
        return dir;
    }

    public SSLContext serverContext() throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private String certificate() throws GeneralSecurityException {
        return pem("CERTIFICATE", keyStore.getCertificate("key").getEncoded());
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }
}
