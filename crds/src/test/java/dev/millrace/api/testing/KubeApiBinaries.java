package dev.millrace.api.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds etcd, kube-apiserver and kubectl in the layout that kube-api-test wants,
 * {@code <dir>/k8s/<version>-<os>-<arch>/}: {@code KUBE_API_TEST_DIR}, else the build of {@code e2e/cluster}, else
 * nothing, and kube-api-test downloads.
 */
final class KubeApiBinaries {

    private static final List<String> NEEDED = List.of("etcd", "kube-apiserver", "kubectl");
    private static final Pattern VERSION = Pattern.compile("v(\\d+\\.\\d+\\.\\d+)");

    private KubeApiBinaries() {}

    /** @return the directory to give to kube-api-test; empty = nothing here */
    static Optional<Path> find() {
        String given = System.getenv("KUBE_API_TEST_DIR");
        if (given != null && !given.isBlank()) {
            return Optional.of(Path.of(given));
        }
        String cluster = System.getenv("MILLRACE_CLUSTER_DIR");
        Path node = cluster != null && !cluster.isBlank()
                ? Path.of(cluster)
                : Path.of(System.getProperty("user.home"), ".cache", "millrace", "node");
        Path bin = node.resolve("bin");
        if (!NEEDED.stream().allMatch(name -> Files.isExecutable(bin.resolve(name)))) {
            return Optional.empty();
        }
        return Optional.of(linked(bin));
    }

    private static Path linked(Path bin) {
        try {
            Path dir = Files.createTempDirectory("millrace-kubeapi");
            // certificates and kubeconfig are written there until the servers end, with the test run
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(dir), "delete-kubeapi-dir"));
            Path layout = Files.createDirectories(dir.resolve("k8s").resolve(version(bin) + "-" + platform()));
            for (String name : NEEDED) {
                Files.createSymbolicLink(layout.resolve(name), bin.resolve(name).toAbsolutePath());
            }
            return dir;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path dir) {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.err.println("left behind: " + dir + " (" + e + ")");
        }
    }

    private static String version(Path bin) throws IOException {
        Process process = new ProcessBuilder(bin.resolve("kube-apiserver").toString(), "--version")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher matcher = VERSION.matcher(output);
        if (!matcher.find()) {
            throw new IOException(bin.resolve("kube-apiserver") + " --version printed: " + output);
        }
        return matcher.group(1);
    }

    private static String platform() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return "linux-" + (arch.equals("aarch64") ? "arm64" : "amd64");
    }
}
