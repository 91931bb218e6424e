package dev.millrace.aggregator.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * A file of another machine, copied to this one. What an earlier attempt left is gone on with, by this process or the one
 * before it, when the file is the same: a server that does not know {@code If-Match} is not trusted, its answer's tag is
 * compared.
 */
final class Download {
    private static final int ATTEMPTS = 6;

    private final Http http;
    private final Http.Signer signer;
    private final Path scratch;

    Download(Http http, Http.Signer signer, Path scratch) {
        this.http = http;
        this.signer = signer;
        this.scratch = scratch;
    }

    /**
     * @param name of the copy; the same for the same address
     * @throws SourceException naming the address and what it answered
     */
    BatchSource.Fetched get(URI uri, String name) throws SourceException {
        Path whole = scratch.resolve(name);
        Path part = scratch.resolve(name + ".part");
        Path tag = tagOf(whole);
        IOException failure = new IOException("nothing was tried");
        long before = -1;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                Files.createDirectories(scratch);
                long have = Files.exists(part) ? Files.size(part) : 0;
                if (have > before && before >= 0) {
                    attempt = 0; // it goes on, slowly
                }
                before = have;
                if (attempt(uri, whole, part, tag)) {
                    return new BatchSource.Fetched(whole, read(tag), true);
                }
            } catch (IOException e) {
                failure = e;
                Pause.after(attempt);
            }
        }
        throw new SourceException(uri + ": cannot be fetched: " + failure.getMessage(), failure);
    }

    /** What says which content a copy, or a part of one, is of. */
    static Path tagOf(Path whole) {
        return whole.resolveSibling(whole.getFileName() + ".tag");
    }

    /** False = what was there is of no use: at once again, from the beginning. */
    private boolean attempt(URI uri, Path whole, Path part, Path tagFile) throws IOException, SourceException {
        String tag = read(tagFile);
        boolean complete = Files.exists(whole) && !tag.isEmpty();
        long have = !complete && !tag.isEmpty() && Files.exists(part) ? Files.size(part) : 0;
        Map<String, String> headers = new HashMap<>();
        headers.put("Accept-Encoding", "identity");
        if (complete) {
            headers.put(tag.startsWith("\"") ? "If-None-Match" : "If-Modified-Since", tag);
        } else if (have > 0) {
            headers.put("Range", "bytes=" + have + "-");
            headers.put(tag.startsWith("\"") ? "If-Match" : "If-Unmodified-Since", tag);
        }
        try (Http.Answer answer = http.get(uri, headers, signer)) {
            switch (answer.status()) {
                case 304:
                    return true;
                case 200:
                    Files.deleteIfExists(whole);
                    Files.deleteIfExists(part);
                    Files.writeString(tagFile, answer.tag());
                    copy(answer, part, 0, answer.length());
                    break;
                case 206:
                    if (!answer.tag().equals(tag) || !startsAt(answer, have)) {
                        Files.deleteIfExists(part);
                        return false;
                    }
                    copy(answer, part, have, answer.length() < 0 ? -1 : have + answer.length());
                    break;
                case 412, 416:
                    Files.deleteIfExists(part);
                    Files.deleteIfExists(tagFile);
                    return false;
                case 408, 429, 500, 502, 503, 504:
                    throw new IOException(answer.failure());
                default:
                    throw new SourceException(uri + ": answers with " + answer.failure());
            }
        }
        Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    private static boolean startsAt(Http.Answer answer, long have) {
        String range = answer.header("Content-Range");
        return range != null && range.startsWith("bytes " + have + "-");
    }

    private static void copy(Http.Answer answer, Path part, long from, long total) throws IOException {
        try (InputStream in = answer.body();
                OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            in.transferTo(out);
        }
        long size = Files.size(part);
        if (total >= 0 && size != total) {
            throw new IOException("ended after " + (size - from) + " of " + (total - from) + " bytes");
        }
    }

    private static String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }
}
