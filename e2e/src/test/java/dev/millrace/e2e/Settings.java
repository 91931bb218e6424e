package dev.millrace.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code e2e/run} tells the tests, by environment variables, because it tells its other children too.
 *
 * @param root of the repository
 * @param imagePrefix of every image that this project builds
 * @param helm the program
 * @param programs the directory of a kubectl that fits the cluster, where the PATH may have none
 * @param auditLog the API server's, where the cluster is our own
 */
record Settings(Path root, String imagePrefix, String helm, Optional<Path> programs, Optional<Path> auditLog) {

    static Settings fromEnvironment() {
        return new Settings(
                repository(),
                env("MILLRACE_E2E_IMAGE_PREFIX").orElse("localhost/millrace"),
                env("MILLRACE_E2E_HELM").orElse("helm"),
                env("MILLRACE_E2E_PROGRAMS").map(Path::of),
                env("MILLRACE_E2E_AUDIT_LOG").map(Path::of));
    }

    private static Optional<String> env(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(text -> !text.isEmpty());
    }

    private static Path repository() {
        Path here = Path.of("").toAbsolutePath();
        // Maven runs the tests in the module's directory
        return Files.isDirectory(here.resolve("samples"))
                ? here
                : here.resolve("..").normalize();
    }
}
