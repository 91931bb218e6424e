package dev.millrace.server.loader;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ModelSource;
import dev.millrace.server.loader.ModelLoader.LoaderException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the file in place that the mounted document names. At most two model files lie there: the one that is named and the
 * one that was named before, which a server may still read and to which a person may go back. What fails is said beside the
 * target, in a {@link Note}, and tried again: at once when document or source change, else ever less often. By content, as
 * Kubernetes changes a mounted document by swapping a symbolic link two levels above. Used by one thread.
 */
final class ModelWatch {
    private static final String MODEL = ".onnx";
    private static final long SHORTEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path document;
    private final LongSupplier nanoTime;
    private final Consumer<String> log;
    private byte[] seen = {};
    private @Nullable ModelSource asked;
    private @Nullable Path before;
    private String triedMark = "";
    private String told = "";
    private long retryAt;
    private long waitNanos;
    private boolean failed;

    /** @param log gets one line for each thing that happens */
    ModelWatch(Path document, LongSupplier nanoTime, Consumer<String> log) {
        this.document = document;
        this.nanoTime = nanoTime;
        this.log = log;
    }

    /** Looks once, and returns when there is nothing to do or it is done or has failed. */
    void look() {
        read();
        ModelSource wanted = asked;
        if (wanted == null) {
            return;
        }
        Path target = Path.of(wanted.target());
        if (Files.isRegularFile(target)) {
            return;
        }
        String mark = mark(wanted);
        if (failed && mark.equals(triedMark) && nanoTime.getAsLong() - retryAt < 0) {
            return;
        }
        waitNanos =
                failed && mark.equals(triedMark) ? Math.min(LONGEST_WAIT_NANOS, 2 * waitNanos) : SHORTEST_WAIT_NANOS;
        triedMark = mark;
        try {
            fetch(wanted, target);
            failed = false;
            told = "";
            log.accept("put " + target + " in place");
        } catch (LoaderException | IllegalArgumentException | IOException e) {
            failed = true;
            retryAt = nanoTime.getAsLong() + waitNanos;
            fail(target, String.valueOf(e.getMessage()));
        }
    }

    private void read() {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(document);
        } catch (IOException e) {
            tell("cannot read " + document + ": " + e + "; what is in place stays");
            return;
        }
        if (Arrays.equals(bytes, seen)) {
            return;
        }
        seen = bytes;
        try {
            ModelSource next = Json.read(new String(bytes, java.nio.charset.StandardCharsets.UTF_8), ModelSource.class);
            ModelSource last = asked;
            if (last != null && !last.target().equals(next.target()) && Files.isRegularFile(Path.of(last.target()))) {
                before = Path.of(last.target());
            }
            asked = next;
            failed = false;
        } catch (ConfigException e) {
            tell(document + ": " + e.getMessage() + "; what is in place stays");
        }
    }

    private void fetch(ModelSource wanted, Path target) throws LoaderException, IOException {
        new Note(Note.FETCHING, "the loader fetches " + target).write(target);
        clean(target);
        String uri = wanted.uri();
        String path = wanted.path();
        if (uri != null) {
            ModelLoader.fromUri(URI.create(uri), wanted.digest(), target);
        } else if (path != null) {
            ModelLoader.fromPath(Path.of(path), wanted.digest(), target);
        } else {
            throw new LoaderException("model.storageUri: " + document + " has neither uri nor path");
        }
        Files.deleteIfExists(Note.path(target));
    }

    private void fail(Path target, String message) {
        tell(message);
        // the loader's words begin with the field that is wrong
        String word = message.startsWith("model.digest") ? "DigestMismatch" : "ModelFileMissing";
        try {
            new Note(word, message).write(target);
        } catch (IOException e) {
            tell("cannot write beside " + target + ": " + e);
        }
    }

    private void tell(String message) {
        if (!message.equals(told)) {
            told = message;
            log.accept(message);
        }
    }

    /** Room is planned for two files: the one before stays, and what a loader that was ended has left goes. */
    private void clean(Path target) throws IOException {
        Path kept = before;
        List<Path> files;
        try (Stream<Path> all = Files.list(target.toAbsolutePath().getParent())) {
            files = all.toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            boolean ours = name.endsWith(MODEL) || name.startsWith(ModelLoader.TEMPORARY) || name.endsWith(".note");
            boolean stays = name.equals(target.getFileName().toString())
                    || name.equals(Note.path(target).getFileName().toString())
                    || (kept != null && name.equals(kept.getFileName().toString()));
            // a loader that has just begun does not know which file its server reads
            if (ours && !stays && (kept != null || !name.endsWith(MODEL))) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Changes when the source does; that of an address never shows. */
    private static String mark(ModelSource wanted) {
        String path = wanted.path();
        if (path == null) {
            return wanted.digest();
        }
        try {
            BasicFileAttributes a = Files.readAttributes(Path.of(path), BasicFileAttributes.class);
            return wanted.digest() + " " + a.fileKey() + " " + a.size() + " "
                    + a.lastModifiedTime().toMillis();
        } catch (IOException e) {
            return wanted.digest();
        }
    }
}
