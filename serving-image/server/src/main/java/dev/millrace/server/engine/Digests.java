package dev.millrace.server.engine;

import dev.millrace.server.engine.LoadException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The digest of a model file. */
public final class Digests {
    private Digests() {}

    /** Fails when the file cannot be read or is another one; {@code expected}: null = any. */
    public static void check(Path path, @Nullable String expected) throws LoadException {
        if (expected == null) {
            return;
        }
        String found;
        try {
            found = sha256(path);
        } catch (IOException e) {
            throw new LoadException(Reason.ModelFileMissing, "model.path: cannot read " + path + ": " + e, e);
        }
        if (!found.equals(expected)) {
            throw new LoadException(
                    Reason.DigestMismatch,
                    "model.digest: the spec says " + expected + ", the file " + path + " has " + found
                            + "; correct model.digest or put the right file in place");
        }
    }

    static String sha256(Path path) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(path)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }
}
