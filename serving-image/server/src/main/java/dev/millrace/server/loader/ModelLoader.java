package dev.millrace.server.loader;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies while hashing, into a temporary file beside the target, and renames it when the digest is right. */
public final class ModelLoader {
    /** How files begin that nobody may read yet. */
    static final String TEMPORARY = ".model";

    private ModelLoader() {}

    /** What went wrong and what to do, in one line. */
    public static final class LoaderException extends Exception {
        private static final long serialVersionUID = 1L;

        LoaderException(String message) {
            super(message);
        }

        LoaderException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * From a file, or from a directory with one {@code .onnx} file.
     *
     * @param digest {@code sha256:<64 hex>}; null = unchecked
     */
    public static void fromPath(Path source, @Nullable String digest, Path target) throws LoaderException {
        Path file = find(source);
        try (InputStream in = Files.newInputStream(file)) {
            copy(in, file.toString(), digest, target);
        } catch (IOException e) {
            throw new LoaderException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** From an {@code https} address. */
    public static void fromUri(URI uri, @Nullable String digest, Path target) throws LoaderException {
        if (!"https".equals(uri.getScheme())) {
            throw new LoaderException("model.storageUri: " + uri + " is not https");
        }
        HttpClient client = HttpClient.newBuilder()
                .followRedirects(Redirect.NORMAL)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
        try {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(10)).build(), BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() != 200) {
                    throw new LoaderException(
                            "model.storageUri: " + uri + " answers with status " + response.statusCode());
                }
                copy(in, uri.toString(), digest, target);
            }
        } catch (IOException e) {
            throw new LoaderException("model.storageUri: cannot get " + uri + ": " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoaderException("interrupted", e);
        }
    }

    private static Path find(Path source) throws LoaderException {
        if (Files.isRegularFile(source)) {
            return source;
        }
        if (!Files.isDirectory(source)) {
            throw new LoaderException("model.storageUri: there is no file " + source);
        }
        try (Stream<Path> files = Files.list(source)) {
            List<Path> models = files.filter(
                            f -> f.getFileName().toString().endsWith(".onnx") && Files.isRegularFile(f))
                    .toList();
            if (models.size() != 1) {
                throw new LoaderException(
                        "model.storageUri: " + source + " has " + models.size() + " .onnx files; name the file itself");
            }
            return models.get(0);
        } catch (IOException e) {
            throw new LoaderException("cannot list " + source + ": " + e.getMessage(), e);
        }
    }

    private static void copy(InputStream in, String from, @Nullable String digest, Path target)
            throws IOException, LoaderException {
        Path parent = target.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path temporary = Files.createTempFile(parent, TEMPORARY, ".tmp");
        try {
            String found;
            try (OutputStream out = Files.newOutputStream(temporary)) {
                found = copyAndHash(in, out);
            }
            if (digest != null && !digest.equals(found)) {
                throw new LoaderException("model.digest: the spec says " + digest + ", " + from + " has " + found
                        + "; correct model.digest or put the right file in place");
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static String copyAndHash(InputStream in, OutputStream out) throws IOException {
        MessageDigest sha;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            sha.update(buffer, 0, n);
            out.write(buffer, 0, n);
        }
        return "sha256:" + HexFormat.of().formatHex(sha.digest());
    }
}
