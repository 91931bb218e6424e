package dev.millrace.aggregator.batch;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/**
 * Finds the files of a batch group. A path to a file is that file, whatever its name. In a directory every file with an
 * ending of the format counts, by name, links followed; names that begin with a dot or an underscore do not, and so a
 * mounted ConfigMap ({@code profile.csv -> ..data/profile.csv}) gives each file once.
 */
final class BatchFiles {
    private static final int MAX_DEPTH = 16;

    private BatchFiles() {}

    /** @throws SourceException when there is none, naming what was looked for */
    static List<Path> find(Path path, BatchFormat format) throws SourceException {
        if (!Files.exists(path)) {
            throw new SourceException(path + ": there is no such file or directory");
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(path, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return !directory.equals(path) && isHidden(directory)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile() && !isHidden(file) && hasEnding(file, format)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new SourceException(path + ": cannot be listed: " + e.getMessage(), e);
        }
        if (found.isEmpty()) {
            throw new SourceException(path + ": holds no file that ends with " + String.join(", ", format.endings())
                    + " (format " + format.specName() + ")");
        }
        found.sort(null);
        return found;
    }

    private static boolean isHidden(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".") || name.startsWith("_");
    }

    private static boolean hasEnding(Path file, BatchFormat format) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return format.endings().stream().anyMatch(name::endsWith);
    }
}
