package dev.millrace.e2e;

import dev.millrace.devkit.documents.Block;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs what the documents tell a reader to type, word for word, in the repository's root, in one namespace of the cluster. */
final class Documented {
    private static final long PATIENCE_MINUTES = 6;
    private static final Pattern FORWARDED = Pattern.compile("Forwarding from 127\\.0\\.0\\.1:(\\d+)");
    /** What this cluster does not have; the commands that look there say so. */
    private static final List<String> ABSENT =
            List.of("Metrics API not available", "the server doesn't have a resource type \"podmonitor\"");

    private final Settings settings;
    private final Path kubeconfig;

    /** @param namespace in which a reader would be */
    Documented(Settings settings, String namespace) {
        this.settings = settings;
        try {
            this.kubeconfig = Files.createTempFile("millrace-kubeconfig", ".yaml");
            kubeconfig.toFile().deleteOnExit();
            Files.writeString(
                    kubeconfig,
                    bash(
                            "kubectl config view --raw --flatten",
                            Objects.requireNonNullElse(System.getenv("KUBECONFIG"), "")));
            run("kubectl config set-context --current --namespace=" + namespace);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Path> runbooks() {
        try (Stream<Path> pages = Files.list(settings.root().resolve("docs/runbooks"))) {
            return pages.map(page -> settings.root().relativize(page)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the shell commands of a document that begin with one word */
    List<String> commands(Path document, String program) {
        try {
            return Block.of(Files.readString(settings.root().resolve(document))).stream()
                    .filter(block -> block.language().equals("sh"))
                    .flatMap(block -> block.commands().stream())
                    .filter(command -> command.startsWith(program + " "))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs to the end; what it printed. Throws when it fails. */
    String run(String command) {
        return bash(command, kubeconfig.toString());
    }

    /** A port-forward to any free port, for as long as the action takes; the action gets the port. */
    void forwarded(String command, IntConsumer action) throws IOException {
        Process forward = shell("exec " + command.replaceFirst(" (\\d+)$", " :$1"), kubeconfig.toString());
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(forward.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            Matcher matcher = FORWARDED.matcher(line == null ? "" : line);
            if (!matcher.find()) {
                throw new AssertionError(command + " said: " + line);
            }
            action.accept(Integer.parseInt(matcher.group(1)));
        } finally {
            forward.destroy();
        }
    }

    private String bash(String command, String config) {
        try {
            Process process = shell(command, config);
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("did not end: " + command);
            }
            if (process.exitValue() != 0 && ABSENT.stream().noneMatch(said::contains)) {
                throw new AssertionError("failed: " + command + "\n" + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a command ran", e);
        }
    }

    private Process shell(String command, String config) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("bash", "-o", "pipefail", "-c", command)
                .directory(settings.root().toFile())
                .redirectErrorStream(true);
        builder.environment().put("KUBECONFIG", config);
        builder.environment().put("NS", "payments");
        builder.environment().put("M", FraudStack.NAME);
        settings.programs().ifPresent(programs -> builder.environment()
                .merge("PATH", programs.toString(), (path, first) -> first + ":" + path));
        return builder.start();
    }
}
