package dev.millrace.server.loader;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * What a loader says of a file that is not there, in a file beside it: {@code <target>.note}, whose text is {@code Word:
 * message}. The server that waits for the file says the same.
 *
 * @param word {@link #FETCHING}, or a reason of {@code /millrace/status}
 * @param message names the field and what to do
 */
public record Note(String word, String message) {
    /** It is under way. */
    public static final String FETCHING = "Fetching";

    private static final String SUFFIX = ".note";

    /** Null = no loader has said anything of it. */
    public static @Nullable Note of(Path target) {
        try {
            String text = Files.readString(path(target));
            int colon = text.indexOf(": ");
            return colon < 0 ? null : new Note(text.substring(0, colon), text.substring(colon + 2));
        } catch (IOException e) {
            return null;
        }
    }

    /** The file itself. */
    public static Path path(Path target) {
        return target.resolveSibling(target.getFileName() + SUFFIX);
    }

    void write(Path target) throws IOException {
        Path parent = target.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path temporary = Files.createTempFile(parent, ModelLoader.TEMPORARY, ".tmp");
        try {
            Files.writeString(temporary, word + ": " + message);
            Files.move(temporary, path(target), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
