package dev.millrace.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs helm as a person would, with the KUBECONFIG of this process. */
final class Helm {
    private static final long PATIENCE_MINUTES = 4;

    private final String program;

    Helm(String program) {
        this.program = program;
    }

    /** Runs to the end; what it printed. Throws when it fails or takes too long. */
    String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IllegalStateException("helm did not end: " + command);
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("helm failed: " + command + "\n" + said);
            }
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + program, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while helm ran", e);
        }
    }
}
