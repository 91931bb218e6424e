package dev.millrace.cli.local;

import dev.millrace.cli.input.InputException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the built project lies: each module's {@code target/lib} is the class path of its processes. */
public record Home(Path dir) {

    /** From {@code -Dmillrace.home}, else the checkout that this class was loaded from. */
    public static Home find() {
        String given = System.getProperty("millrace.home");
        if (given != null) {
            return new Home(Path.of(given).toAbsolutePath().normalize());
        }
        Path at = ownJar();
        while (at != null && !Files.exists(at.resolve("serving-image/devkit/pom.xml"))) {
            at = at.getParent();
        }
        if (at == null) {
            throw new InputException("cannot find the Millrace checkout; start it by its ./millrace script");
        }
        return new Home(at);
    }

    /** The jar or class directory that holds {@link Child}. */
    static Path ownJar() {
        try {
            return Path.of(Child.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path holds no files", e);
        }
    }

    /** Class path of a data-plane module: {@code server}, {@code aggregator}, {@code aggregator-rocksdb} or {@code devkit}. */
    Path lib(String module) {
        Path lib = dir.resolve("serving-image").resolve(module).resolve("target/lib");
        if (!Files.isDirectory(lib)) {
            throw new InputException(lib + ": not built; run ./millrace, which builds it, or mvn -DskipTests package");
        }
        return lib;
    }

    Path sample(String name) {
        return dir.resolve("samples").resolve(name).resolve("model.yaml");
    }

    /** The JVM that runs this program runs the others too. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
