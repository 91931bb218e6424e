package dev.millrace.aggregator.batch;

import dev.millrace.contract.config.ConfigException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;

/**
 * Which names below a place count. A pattern is a path with {@code * ? [] {}} in it: {@code *} within one name, {@code **}
 * over directories. Whatever it matches counts, whatever its ending. Names that begin with a dot or an underscore never do.
 */
final class Patterns {
    private Patterns() {}

    static boolean isPattern(String path) {
        return path.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    /** The directories before the first one with a wildcard, with a slash at the end; empty = none. */
    static String base(String pattern) {
        int wild = 0;
        while ("*?[{".indexOf(pattern.charAt(wild)) < 0) {
            wild++;
        }
        return pattern.substring(0, pattern.lastIndexOf('/', wild) + 1);
    }

    /** For names relative to {@link #base}. */
    static PathMatcher matcher(String pattern) {
        try {
            return FileSystems.getDefault()
                    .getPathMatcher("glob:" + pattern.substring(base(pattern).length()));
        } catch (PatternSyntaxException e) {
            throw new ConfigException("storageUri: '" + pattern + "' is no pattern: " + e.getDescription(), e);
        }
    }

    static boolean hasEnding(String name, BatchFormat format) {
        String lower = name.toLowerCase(Locale.ROOT);
        return format.endings().stream().anyMatch(lower::endsWith);
    }

    /** Whether a part of the path is one that nobody means: temporary files, markers, checksums. */
    static boolean isHidden(Path path) {
        for (Path part : path) {
            String name = part.toString();
            if (name.startsWith(".") || name.startsWith("_")) {
                return true;
            }
        }
        return false;
    }
}
