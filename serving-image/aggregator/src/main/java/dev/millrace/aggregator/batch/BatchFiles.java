package dev.millrace.aggregator.batch;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds the files of a batch group. A path to a file is that file, whatever its name. In a directory every file with an
 * ending of the format counts, by name, links followed; names that begin with a dot or an underscore do not, and so a
 * mounted ConfigMap ({@code profile.csv -> ..data/profile.csv}) gives each file once. Any other path may be a pattern.
 */
final class BatchFiles {
    private static final int MAX_DEPTH = 16;

    private BatchFiles() {}

    /** @throws SourceException when there is none, naming what was looked for */
    static List<Path> find(String path, BatchFormat format) throws SourceException {
        Path place = Path.of(path);
        if (Files.isDirectory(place)) {
            List<Path> found = walk(place, file -> Patterns.hasEnding(String.valueOf(file.getFileName()), format));
            if (found.isEmpty()) {
                throw new SourceException(path + ": holds no file that ends with " + String.join(", ", format.endings())
                        + " (format " + format.specName() + ")");
            }
            return found;
        }
        if (Files.exists(place)) {
            return List.of(place);
        }
        if (!Patterns.isPattern(path)) {
            throw new SourceException(path + ": there is no such file or directory");
        }
        Path base = Path.of(Patterns.base(path));
        PathMatcher matcher = Patterns.matcher(path);
        List<Path> found = Files.isDirectory(base) ? walk(base, matcher::matches) : List.of();
        if (found.isEmpty()) {
            throw new SourceException(path + ": there is no file that this pattern matches");
        }
        return found;
    }

    /** @param counts asked of each file's path below the base */
    private static List<Path> walk(Path base, Predicate<Path> counts) throws SourceException {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(base, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    return !directory.equals(base) && Patterns.isHidden(base.relativize(directory))
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    Path below = base.relativize(file);
                    if (attributes.isRegularFile() && !Patterns.isHidden(below) && counts.test(below)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new SourceException(base + ": cannot be listed: " + e.getMessage(), e);
        }
        found.sort(null);
        return found;
    }
}
