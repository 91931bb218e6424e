package dev.millrace.cli.local;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One child process: its log, the line that says it is ready, and its end. */
final class LocalProcess {
    private static final int TAIL = 12;
    /** Exit code of a JVM that SIGINT ended. */
    static final int INTERRUPTED = 130;

    private static final Duration GRACE = Duration.ofSeconds(10);

    private final String name;
    private final Process process;
    private final Path log;
    private final CompletableFuture<String> readyLine = new CompletableFuture<>();
    private final Deque<String> tail = new ArrayDeque<>();

    private LocalProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * What to run.
     *
     * @param lib directory of jars
     * @param jvm flags
     * @param showOutput true: the child writes to this terminal instead of a log
     */
    record Spec(String name, Path lib, String mainClass, List<String> jvm, List<String> args, boolean showOutput) {}

    /** Starts a child whose output goes to {@code <workDir>/<name>.log}. */
    static LocalProcess start(Spec spec, Path workDir) {
        List<String> command = new ArrayList<>();
        command.add(Home.java().toString());
        command.addAll(spec.jvm());
        command.add("-cp");
        command.add(Home.ownJar() + File.pathSeparator + spec.lib().resolve("*"));
        command.add(Child.class.getName());
        command.add(spec.mainClass());
        command.addAll(spec.args());
        Path log = workDir.resolve(spec.name() + ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // Version 1.29 of ONNX Runtime would call home; the pinned one does not, and this keeps it so.
            builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
            if (spec.showOutput()) {
                builder.redirectErrorStream(false)
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
            }
            LocalProcess child = new LocalProcess(spec.name(), builder.start(), log);
            if (!spec.showOutput()) {
                Thread reader = new Thread(child::copyOutput, spec.name() + "-log");
                reader.setDaemon(true);
                reader.start();
            }
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    private void copyOutput() {
        try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter out = Files.newBufferedWriter(log)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write(line);
                out.newLine();
                out.flush();
                remember(line);
                if (line.startsWith("millrace-") && line.contains(" ready ")) {
                    readyLine.complete(line);
                }
            }
        } catch (IOException e) {
            remember("(log lost: " + e.getMessage() + ")");
        }
    }

    private void remember(String line) {
        synchronized (tail) {
            tail.add(line);
            if (tail.size() > TAIL) {
                tail.remove();
            }
        }
    }

    String name() {
        return name;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether its line {@code millrace-… ready …} has come. */
    boolean saidReady() {
        return readyLine.isDone();
    }

    CompletableFuture<LocalProcess> onExit() {
        return process.onExit().thenApply(ended -> this);
    }

    /** Waits for its end. */
    int await() throws InterruptedException {
        return process.waitFor();
    }

    /** Ended, and not because its work was done. */
    boolean hasFailed() {
        return !process.isAlive() && (process.exitValue() != 0 || !name.startsWith("load-"));
    }

    /** Ended by Ctrl-C. */
    boolean wasInterrupted() {
        return !process.isAlive() && process.exitValue() == INTERRUPTED;
    }

    /** What it did and where to read on, for a person. */
    String obituary() {
        StringBuilder text = new StringBuilder(name);
        text.append(process.isAlive() ? " is not ready" : " ended with exit code " + process.exitValue());
        text.append("; its log is ").append(log);
        synchronized (tail) {
            tail.forEach(line -> text.append("\n  | ").append(line));
        }
        return text.toString();
    }

    /** Asks it to end by closing its input, which {@link Child} watches; does not wait. */
    void askToStop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroy();
        }
    }

    /** Waits for its end, then ends it and whatever it started by force. */
    void awaitStop() {
        List<ProcessHandle> descendants = process.descendants().toList();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        for (ProcessHandle descendant : descendants) {
            if (descendant.isAlive()) {
                descendant.destroyForcibly();
            }
        }
    }
}
