package dev.millrace.server;

import dev.millrace.contract.config.ConfigException;
import dev.millrace.contract.config.Json;
import dev.millrace.contract.config.ServingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the mounted document. By its content: Kubernetes changes a ConfigMap by swapping a symbolic link two levels
 * above, which no watch on the file sees. Used by one thread.
 */
final class DocumentWatch {
    private final ServingConfig started;
    private final @Nullable Path path;
    private byte[] seen = {};
    private State state;

    /**
     * What the document asks for.
     *
     * @param config the process' own, with the model that the document names; null = it cannot be followed
     * @param reason why not; null = it can
     * @param message names the field and the cure
     */
    record State(@Nullable ServingConfig config, @Nullable String reason, @Nullable String message) {}

    /** {@code path}: null = the document never changes. */
    DocumentWatch(ServingConfig started, @Nullable Path path) {
        this.started = started;
        this.path = path;
        this.state = new State(started, null, null);
    }

    /** The document as it is now. A document that cannot be read for a moment is the one that was read before. */
    State look() {
        Path file = path;
        if (file == null) {
            return state;
        }
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            state = new State(
                    null, "DocumentInvalid", "cannot read " + file + ": " + e + "; the server goes on as it is");
            seen = new byte[0];
            return state;
        }
        if (!Arrays.equals(bytes, seen)) {
            seen = bytes;
            state = read(file, new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
        }
        return state;
    }

    private State read(Path file, String text) {
        ServingConfig asked;
        try {
            asked = Json.read(text, ServingConfig.class);
        } catch (ConfigException e) {
            return new State(null, "DocumentInvalid", file + ": " + e.getMessage() + "; the server goes on as it is");
        }
        ServingConfig followed = started.withModel(asked.model());
        if (!asked.equals(followed)) {
            return new State(
                    null,
                    "RestartNeeded",
                    file + ": " + String.join(", ", differences(asked, followed))
                            + " changed; a running server follows model alone: restart it to apply the document");
        }
        return new State(followed, null, null);
    }

    private static java.util.List<String> differences(ServingConfig a, ServingConfig b) {
        java.util.List<String> fields = new java.util.ArrayList<>();
        for (java.lang.reflect.RecordComponent c : ServingConfig.class.getRecordComponents()) {
            try {
                if (!Objects.equals(c.getAccessor().invoke(a), c.getAccessor().invoke(b))) {
                    fields.add(c.getName());
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a public record's accessor can be called", e);
            }
        }
        return fields;
    }

    /** Changes when the file does; empty = there is none. */
    static String mark(Path file) {
        try {
            BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
            return a.fileKey() + " " + a.size() + " " + a.lastModifiedTime().toMillis();
        } catch (IOException e) {
            return "";
        }
    }
}
