package dev.millrace.cli.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The files of the repository, as a person who cloned it sees them. */
public final class Repository {
    /** Tests run in their module's directory. */
    public static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    private static final Set<String> NOT_SOURCES = Set.of("target", ".git", "shared", "node_modules");

    private Repository() {}

    /** @return every Markdown document, relative to the root, in the order of their names */
    public static List<Path> documents() {
        return sources(".md");
    }

    /** @return whether some source file has this name, wherever */
    static boolean exists(String fileName) {
        return sources(fileName).stream().anyMatch(file -> file.endsWith(fileName));
    }

    private static List<Path> sources(String nameEndsWith) {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(nameEndsWith))
                    .map(ROOT::relativize)
                    .filter(Repository::isSource)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String read(Path document) {
        try {
            return Files.readString(ROOT.resolve(document));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSource(Path relative) {
        for (Path part : relative) {
            if (NOT_SOURCES.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }
}
